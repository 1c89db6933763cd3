# Defaults of 0.77 are not known, but what is written is.
terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "0.77.1"
    }
  }
}

resource "proxmox_virtual_environment_vm" "vm" {
  node_name = "pve"
  tags      = ["a", "b"]
}
