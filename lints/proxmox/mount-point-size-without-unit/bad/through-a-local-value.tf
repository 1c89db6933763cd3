locals {
  size_gb = 50
  size    = tostring(local.size_gb)
}

resource "proxmox_virtual_environment_container" "store" {
  mount_point {
    volume = "local-lvm"
    path   = "/srv"
    size   = local.size
  }
}
