terraform {
  required_version = ">= 1.9"

  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "0.111.1"
    }
  }
}

variable "size" {
  description = "A number, also as text."
  type        = string
}

variable "anything" {
  description = "Whatever there is."
  type        = any
}

variable "is_there" {
  description = "Whether there is a guest."
  type        = bool
}

locals {
  word   = "many"
  number = "8"
  none   = null
}

resource "proxmox_virtual_environment_vm" "web" {
  node_name = "pve"
  vm_id     = var.anything
  name      = local.number
  started   = var.is_there ? "true" : local.word

  disk {
    interface = "scsi0"
    size      = var.size
  }

  disk {
    interface = "scsi1"
    size      = local.number
  }

  dynamic "disk" {
    for_each = var.is_there ? ["scsi2"] : []

    content {
      interface = disk.value
      size      = local.word
    }
  }
}

resource "proxmox_virtual_environment_vm" "perhaps" {
  count     = var.is_there ? 1 : 0
  node_name = "pve"
  vm_id     = local.word
  started   = local.none
}

module "perhaps" {
  source = "./modules/vm"
  count  = var.is_there ? 1 : 0
  cores  = local.word
}

module "sure" {
  source = "./modules/vm"
  cores  = local.number
}
