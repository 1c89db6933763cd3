variable "controller" {
  type = string
}

resource "proxmox_virtual_environment_vm" "web" {
  scsi_hardware = var.controller

  disk {
    interface = "scsi0"
    iothread  = true
  }
}
