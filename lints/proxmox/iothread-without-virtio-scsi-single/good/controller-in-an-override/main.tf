resource "proxmox_virtual_environment_vm" "web" {
  disk {
    interface = "scsi0"
    iothread  = true
  }
}
