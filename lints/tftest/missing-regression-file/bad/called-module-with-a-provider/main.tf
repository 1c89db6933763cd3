terraform {
  backend "local" {}
}

module "vm" {
  source = "./modules/vm"
}
