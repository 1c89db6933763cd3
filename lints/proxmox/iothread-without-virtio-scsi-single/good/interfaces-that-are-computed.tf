resource "proxmox_virtual_environment_vm" "web" {
  dynamic "disk" {
    for_each = [8, 16]

    content {
      interface = format("virtio%d", disk.key)
      size      = disk.value
      iothread  = true
    }
  }
}
