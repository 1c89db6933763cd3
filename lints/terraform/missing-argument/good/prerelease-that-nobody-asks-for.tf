# Every 3.x is a prerelease: Terraform takes the newest 2.x.
terraform {
  required_providers {
    proxmox = {
      source = "telmate/proxmox"
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
