terraform {
  backend "local" {}
}

locals {
  days = 2 - 2
}

module "backup" {
  source = "./modules/backup"
  keep   = local.days
}
