module "vm" {
  source = "git::https://example.org/vm.git?ref=v1.2.0"
}
