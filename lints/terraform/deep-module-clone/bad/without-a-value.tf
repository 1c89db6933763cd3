module "vm" {
  source = "git::ssh://git@example.org/infra.git//vm?depth=&ref=v1.2.0"
}
