terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "0.38.1"
    }
  }
}

resource "proxmox_virtual_environment_vm" "vm" {
  node_name = "pve"

  disk {
    interface = "scsi0"
    iothread  = true
  }
}
