variable "mount_points" {
  type = list(object({ size_gb = number }))
}

resource "proxmox_virtual_environment_container" "store" {
  dynamic "mount_point" {
    for_each = var.mount_points
    iterator = mount

    content {
      size = format("%dG", mount.value.size_gb)
    }
  }
}
