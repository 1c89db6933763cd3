terraform {
  backend "local" {}
}

module "vm" {
  source  = "./modules/vm"
  disk_gb = 50
}
