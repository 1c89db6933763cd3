variable "size_gb" {
  type = number
}

resource "proxmox_virtual_environment_container" "store" {
  mount_point {
    volume = "local-lvm"
    path   = "/srv"
    size   = format("%d", var.size_gb)
  }
}
