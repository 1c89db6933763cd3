module "web" {
  source = "./modules/vm"
  name   = null
}

module "far" {
  source  = "example/vm/proxmox"
  version = "1.0.0"
}

module "completed" {
  source = "./modules/vm"
}
