resource "proxmox_virtual_environment_vm" "web" {
  disk {
    interface = "virtio0"
    iothread  = true
  }

  disk {
    interface = "scsi0"
    iothread  = false
  }

  disk {
    interface = "scsi13"
    iothread  = true
  }
}
