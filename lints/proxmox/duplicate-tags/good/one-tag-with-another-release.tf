terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "0.77.1"
    }
  }
}

variable "environment" {
  type = string
}

resource "proxmox_virtual_environment_vm" "vm" {
  node_name = "pve"
  tags      = [var.environment]
}
