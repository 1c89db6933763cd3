variable "size_gb" {
  type = number
}

resource "proxmox_virtual_environment_container" "store" {
  mount_point {
    volume = "local-lvm"
    path   = "/srv"
    size   = join("", [var.size_gb, "G"])
  }
  mount_point {
    volume = "local-lvm"
    path   = "/var"
    size   = format("%gT", var.size_gb / 1024)
  }
}
