terraform {
  required_providers {
    proxmox = {
      source  = "telmate/proxmox"
      version = "2.9.14"
    }
  }
}

resource "proxmox_vm_qemu" "vm" {
  name        = "x"
  target_node = "pve"

  network {
    bridge = "vmbr0"
    model  = "virtio"
  }
}
