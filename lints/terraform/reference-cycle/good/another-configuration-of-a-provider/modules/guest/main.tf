terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "~> 0.111.0"
    }
  }
}

resource "proxmox_virtual_environment_vm" "guest" {
  node_name = "pve"
}
