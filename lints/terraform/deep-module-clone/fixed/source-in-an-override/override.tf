module "vm" {
  source = "git::https://example.org/vm.git?depth=1&ref=v1.2.0"
}
