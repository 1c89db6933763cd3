terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "~> 0.111.0"
    }
  }
}

provider "proxmox" {
  endpoint = "https://${module.router.name}:8006"
}

module "router" {
  source = "./modules/router"
}
