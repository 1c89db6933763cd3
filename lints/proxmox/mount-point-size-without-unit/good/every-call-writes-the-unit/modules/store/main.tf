variable "size" {
  type = string
}

resource "proxmox_virtual_environment_container" "store" {
  mount_point {
    volume = "local-lvm"
    path   = "/srv"
    size   = var.size
  }
}
