variable "paths" {
  type = set(string)
}

resource "proxmox_virtual_environment_container" "store" {
  dynamic "mount_point" {
    for_each = var.paths

    content {
      path = mount_point.value
      size = "50G"
    }
  }
}
