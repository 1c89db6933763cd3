terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "~> 0.111.0"
    }
  }
}

provider "proxmox" {
  endpoint = "https://${proxmox_virtual_environment_vm.router.name}:8006"
}

resource "proxmox_virtual_environment_vm" "router" {
  node_name = "pve"
}
