variable "size" {
  type = string
}

resource "proxmox_virtual_environment_container" "store" {
  mount_point {
    size = var.size
  }

  mount_point {
    size = "${var.size}"
  }
}
