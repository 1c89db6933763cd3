variable "mounts" {
  type = list(object({
    path    = string
    size_gb = optional(number, 8)
  }))
}

resource "proxmox_virtual_environment_container" "store" {
  dynamic "mount_point" {
    for_each = var.mounts

    content {
      volume = "local-lvm"
      path   = mount_point.value.path
      size   = mount_point.value.size_gb
    }
  }
}
