terraform {
  required_version = ">= 1.9"
}

locals {
  disks = [for name in ["data", "log"] : { name = name, size = "8G" }]
}

module "vm" {
  source = "./modules/vm"
  disks  = local.disks
}
