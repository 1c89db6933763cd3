module "vm" {
  source = "git::https://example.org/vm.git"
}
