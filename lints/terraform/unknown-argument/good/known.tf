terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "~> 0.111.0"
    }
    tls = {
      source  = "hashicorp/tls"
      version = "~> 4.0"
    }
    random = {
      source  = "internal.example.com/hashicorp/random"
      version = "3.9.0"
    }
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "proxmox" {
  alias    = "west"
  endpoint = "https://pve:8006"

  ssh {
    agent = true

    dynamic "node" {
      for_each = { pve = "10.0.0.1" }
      content {
        name    = node.key
        address = node.value
      }
    }
  }
}

resource "proxmox_virtual_environment_vm" "web" {
  count      = 2
  provider   = proxmox.west
  depends_on = [tls_private_key.key]
  node_name  = "pve"
  tags       = ["a"]
  # Blocks of objects: both ways to write them are fine.
  network_device {
    bridge = "vmbr0"
  }

  dynamic "disk" {
    for_each = [8, 16]
    content {
      interface = "scsi${disk.key}"
      size      = disk.value
    }
  }

  lifecycle {
    anything_new = true
  }

  connection {
    anything = true
  }

  provisioner "local-exec" {
    command = "true"
  }
}

resource "proxmox_virtual_environment_vm" "list" {
  node_name      = "pve"
  network_device = [{ bridge = "vmbr0" }]
}

# Another release may take it, and no known name is near.
resource "tls_private_key" "key" {
  algorithm         = "ED25519"
  post_quantum_kind = "X"
}

# Another provider of the same name.
resource "random_password" "admin" {
  lenght = 16
}

resource "aws_instance" "x" {
  whatever = 1
}

resource "unknown_thing" "x" {
  whatever = 1
}
