variable "sizes" {
  type = list(number)
}

resource "proxmox_virtual_environment_vm" "web" {
  dynamic "disk" {
    for_each = var.sizes

    content {
      interface = "scsi1"
      iothread  = true
      size      = disk.value
    }
  }
}
