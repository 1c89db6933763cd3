resource "proxmox_virtual_environment_container" "store" {
  mount_point {
    size = "50G"
  }

  mount_point {
    size = "8G"
  }
}
