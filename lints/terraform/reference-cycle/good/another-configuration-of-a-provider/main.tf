terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "~> 0.111.0"
    }
  }
}

provider "proxmox" {
  endpoint = "https://pve.example:8006"
}

provider "proxmox" {
  alias    = "inner"
  endpoint = "https://${proxmox_virtual_environment_vm.router.name}:8006"
}

resource "proxmox_virtual_environment_vm" "router" {
  node_name = "pve"
}

resource "proxmox_virtual_environment_vm" "web" {
  provider  = proxmox.inner
  node_name = "pve"
}

module "guest" {
  source = "./modules/guest"

  providers = {
    proxmox = proxmox.inner
  }
}
