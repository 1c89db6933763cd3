variable "iothread" {
  type = bool
}

resource "proxmox_virtual_environment_vm" "web" {
  disk {
    interface = "scsi0"
    iothread  = var.iothread
  }
}
