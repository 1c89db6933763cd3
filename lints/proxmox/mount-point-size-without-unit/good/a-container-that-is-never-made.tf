resource "proxmox_virtual_environment_container" "store" {
  count = 0

  mount_point {
    volume = "local-lvm"
    path   = "/srv"
    size   = "50"
  }
}
