resource "proxmox_virtual_environment_container" "store" {
  disk {
    size = 50
  }
}

resource "proxmox_virtual_environment_vm" "store" {
  disk {
    interface = "scsi0"
    size      = "50"
  }
}
