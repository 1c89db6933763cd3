terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "0.111.1"
    }
    random = {
      source  = "hashicorp/random"
      version = ">= 3.0"
    }
  }
}

provider "proxmox" {
  endpiont = "https://pve:8006"
}

resource "proxmox_virtual_environment_vm" "web" {
  node_name      = "pve"
  ipv4_addresses = []

  tags {
    name = "web"
  }

  disk = [{ interface = "scsi0" }]

  disk {
    interface = "scsi1"
    sise      = 8
  }

  dynamic "dsik" {
    for_each = [1]
    content {
      interface = "scsi2"
    }
  }

  dynamic "disk" {
    for_each = [1]
    content {
      interface = "scsi2"
      speed {
        red = 1
      }
    }
  }

  network_device {
    brigde = "vmbr0"
  }

  rotation = "daily"
}

resource "random_password" "admin" {
  length = 16
  keeper = { day = 1 }
}

resource "terraform_data" "note" {
  inputs = 1
}
