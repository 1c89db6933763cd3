terraform {
  required_providers {
    proxmox = { source = "bpg/proxmox" }
    tls     = { source = "hashicorp/tls" }
    random  = { source = "hashicorp/random" }
  }
}

variable "bios" {
  type    = string
  default = "seabios"
}

variable "bridge" {
  type    = string
  default = "vmbr0"
}

provider "proxmox" {
  endpoint  = "https://pve.invalid:8006"
  api_token = "root@pam!test=0"
}

resource "tls_private_key" "key" {
  algorithm = "ED25519"
}

resource "random_password" "root" {
  length  = 20
  special = false
}

resource "proxmox_virtual_environment_container" "web" {
  node_name   = "pve"
  vm_id       = 200
  description = "web"
  tags        = ["web", "prod"]

  initialization {
    hostname = "web"
    user_account {
      keys     = [trimspace(tls_private_key.key.public_key_openssh)]
      password = random_password.root.result
    }
  }
  mount_point {
    volume = "local-lvm"
    path   = "/data"
  }
  network_interface {
    name   = "eth0"
    bridge = var.bridge
  }
  operating_system {
    template_file_id = "local:vztmpl/debian.tar.zst"
  }
}

resource "proxmox_virtual_environment_vm" "db" {
  node_name = "pve"
  name      = "db"
  vm_id     = 201
  bios      = var.bios

  disk {
    interface = "scsi0"
  }
  disk {
    interface = "scsi1"
    size      = 20
  }
  network_device {
    bridge = var.bridge
  }
}
