terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "~> 0.111.0"
    }
    random = {
      source  = "hashicorp/random"
      version = ">= 3.0"
    }
  }
}

resource "proxmox_virtual_environment_vm" "web" {
  node_name = "pve"
  vm_id     = "web"
  tags      = "web"
  started   = "yes"

  disk {
    interface = ["scsi0"]
    size      = "8G"
  }
}

resource "random_password" "admin" {
  length  = "long"
  keepers = ["a"]
}
