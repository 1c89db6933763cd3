resource "proxmox_virtual_environment_vm" "web" {
  dynamic "disk" {
    for_each = []

    content {
      interface = "scsi0"
      iothread  = true
    }
  }
}
