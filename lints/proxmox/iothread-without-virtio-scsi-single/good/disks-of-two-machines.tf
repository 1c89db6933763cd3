resource "proxmox_virtual_environment_vm" "slow" {
  disk {
    interface = "scsi0"
  }
}

resource "proxmox_virtual_environment_vm" "fast" {
  scsi_hardware = "virtio-scsi-single"

  disk {
    interface = "scsi0"
    iothread  = true
  }
}
