terraform {
  required_version = ">= 1.9"

  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "0.111.1"
    }
  }
}

variable "nodes" {
  description = "Where guests may run."
  type        = list(string)
}

locals {
  size = "8G"
  disk = { size = local.size }
}

resource "proxmox_virtual_environment_vm" "web" {
  node_name = var.nodes
  vm_id     = local.disk

  disk {
    interface = "scsi0"
    size      = local.disk.size
  }
}
