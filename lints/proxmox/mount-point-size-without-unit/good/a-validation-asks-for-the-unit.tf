variable "size" {
  type = string

  validation {
    condition     = can(regex("^[0-9]+[GT]$", var.size))
    error_message = "The size carries its unit."
  }
}

resource "proxmox_virtual_environment_container" "store" {
  mount_point {
    volume = "local-lvm"
    path   = "/srv"
    size   = var.size
  }
}
