locals {
  controller = "virtio-scsi-pci"
}

resource "proxmox_virtual_environment_vm" "web" {
  scsi_hardware = local.controller

  disk {
    interface = "scsi0"
    iothread  = true
  }
}
