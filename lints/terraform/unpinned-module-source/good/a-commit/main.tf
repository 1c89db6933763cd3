module "vm" {
  source = "git::https://example.org/vm.git?ref=0123456789abcdef0123456789abcdef01234567"
}
