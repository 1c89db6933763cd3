module "web" {
  source     = "./modules/vm"
  name       = "web"
  count      = 2
  depends_on = [module.far]
  providers  = {}
}

module "far" {
  source  = "example/vm/proxmox"
  version = "1.0.0"
  core    = 4
}

module "computed" {
  source = "./modules/${local.which}"
  core   = 4
}

module "changed" {
  source = "./modules/vm"
  name   = "web"
  disks  = 1
}

locals {
  which = "vm"
}
