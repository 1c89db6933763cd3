terraform {
  required_version = ">= 1.9"

  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "0.111.1"
    }
  }
}

variable "disks" {
  description = "Disks by interface."
  type        = map(object({ speed = any }))
}

variable "anything" {
  description = "Whatever there is."
  type        = any
}

variable "is_limited" {
  description = "Whether disks are limited."
  type        = bool
}

locals {
  key   = "ssh-ed25519 AAAA"
  speed = "fast"
  none  = null

  limits = {
    scsi0 = { speed = "200" }
    scsi1 = { speed = null }
  }
}

resource "proxmox_virtual_environment_vm" "web" {
  node_name = "pve"

  # There may be none.
  dynamic "disk" {
    for_each = var.disks

    content {
      interface = disk.key

      speed {
        read  = local.speed
        write = disk.value.speed
      }
    }
  }

  # There may be none inside.
  disk {
    interface = "scsi2"

    dynamic "speed" {
      for_each = var.is_limited ? [local.speed] : []

      content {
        read = speed.value
      }
    }

    dynamic "speed" {
      for_each = var.anything

      content {
        read = local.speed
      }
    }
  }

  # There is none.
  dynamic "disk" {
    for_each = []

    content {
      interface = "scsi3"

      speed {
        read = local.speed
      }
    }
  }

  # It fits.
  dynamic "disk" {
    for_each = local.limits

    content {
      interface = disk.key

      speed {
        read  = disk.value.speed
        write = var.anything
      }
    }
  }

  initialization {
    dns {
      servers = toset([local.key, 5])
    }

    user_account {
      keys = try(var.anything.keys, local.none)
    }

    ip_config {
      ipv4 {
        address = length(local.limits)
      }
    }
  }
}
