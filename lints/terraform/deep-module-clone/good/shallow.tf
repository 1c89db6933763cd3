module "a" {
  source = "git::https://example.org/vm.git?depth=1&ref=v1.0.0"
}
module "b" {
  source = "git::https://example.org/vm.git?ref=0123abcd"
}
