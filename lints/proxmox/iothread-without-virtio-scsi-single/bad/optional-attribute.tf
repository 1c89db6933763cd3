variable "disks" {
  type = list(object({
    size     = number
    iothread = optional(bool, true)
  }))
  default = [{ size = 8 }]
}

resource "proxmox_virtual_environment_vm" "web" {
  dynamic "disk" {
    for_each = [{ size = 8, iothread = true }]

    content {
      interface = "scsi${disk.key}"
      size      = disk.value.size
      iothread  = disk.value.iothread
    }
  }
}
