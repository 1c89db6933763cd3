terraform {
  required_version = ">= 1.9"

  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "0.111.1"
    }
  }
}

locals {
  key     = "ssh-ed25519 AAAA"
  servers = { first = "192.0.2.53" }

  disks = {
    scsi0 = { speed = 200 }
    scsi1 = { speed = "fast" }
  }

  waits = [{ ipv4 = "always" }]
}

resource "proxmox_virtual_environment_vm" "web" {
  node_name = "pve"

  dynamic "disk" {
    for_each = local.disks

    content {
      interface = disk.key

      speed {
        read = disk.value.speed
      }
    }
  }

  dynamic "agent" {
    for_each = [local.waits]

    content {
      dynamic "wait_for_ip" {
        for_each = agent.value
        iterator = wait

        content {
          ipv4 = wait.value.ipv4
        }
      }
    }
  }

  initialization {
    dns {
      servers = local.servers
    }

    user_account {
      keys = local.key
    }

    ip_config {
      ipv4 {
        address = local.servers
      }
    }
  }
}
