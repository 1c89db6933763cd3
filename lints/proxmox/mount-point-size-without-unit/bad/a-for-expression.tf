resource "proxmox_virtual_environment_container" "store" {
  dynamic "mount_point" {
    for_each = { for path, size in { "/srv" = 50 } : path => tostring(size) }
    iterator = volume

    content {
      volume = "local-lvm"
      path   = volume.key
      size   = volume.value
    }
  }
}
