resource "proxmox_virtual_environment_container" "store" {
  mount_point {
    volume = "/mnt/media"
    path   = "/srv/media"
  }
}
