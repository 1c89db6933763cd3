resource "proxmox_virtual_environment_container" "store" {
  mount_point {
    size = "50G"
  }

  mount_point {
    size = "512M"
  }

  mount_point {
    size = "1T"
  }

  mount_point {
    size = "1048576K"
  }

  mount_point {
    size = "1.5G"
  }

  mount_point {
    size = "50g"
  }

  mount_point {
    size = "10GB"
  }

  mount_point {
    size = "10GiB"
  }
}
