resource "proxmox_virtual_environment_container" "store" {
  mount_point {
    volume = "local-lvm"
    path   = "/srv"
    size   = "50G"
  }
}
