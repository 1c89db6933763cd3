terraform {
  required_providers {
    proxmox = {
      source  = "telmate/proxmox"
      version = "~> 2.9"
    }
  }
}

variable "discard" {
  type    = string
  default = "on"
}

resource "proxmox_vm_qemu" "vm" {
  name        = "x"
  target_node = "pve"

  disk {
    type     = "scsi"
    storage  = "local"
    size     = "10G"
    iothread = 1
    discard  = var.discard
  }
}
