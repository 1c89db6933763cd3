module "vm" {
  source = "git::ssh://git@example.org/infra.git//vm?archive=false&depth=1&ref=v1.2.0"
}

module "deep" {
  source = "git::https://example.org/vm.git?ref=v1.2.0&depth=10"
}
