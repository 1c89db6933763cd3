terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = ">= 0.60"
    }
    cloudinit = {
      source  = "hashicorp/cloudinit"
      version = "2.4.0"
    }
  }
}

resource "proxmox_virtual_environment_container" "web" {
  mount_point {
    volume = "local-lvm"
  }
}

data "terraform_remote_state" "net" {
  config = {}
}

data "cloudinit_config" "web" {
  part {
    filename = "a"
  }

  dynamic "part" {
    for_each = [1]
    content {
      filename = "b"
    }
  }
}
