variable "interface" {
  type = string
}

resource "proxmox_virtual_environment_vm" "web" {
  disk {
    interface = var.interface
    iothread  = true
  }
}
