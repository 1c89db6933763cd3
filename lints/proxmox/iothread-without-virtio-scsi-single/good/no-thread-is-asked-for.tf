resource "proxmox_virtual_environment_vm" "web" {
  disk {
    interface = "scsi0"
    iothread  = false
  }

  disk {
    interface = "scsi1"
    iothread  = null
  }

  disk {
    interface = "scsi2"
  }
}
