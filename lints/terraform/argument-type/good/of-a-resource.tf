terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "~> 0.111.0"
    }
    random = {
      source  = "hashicorp/random"
      version = "3.9.0"
    }
  }
}

variable "tags" {
  type    = set(string)
  default = ["a", "a"]
}

variable "limits" {
  type    = object({ cpu = number, memory = optional(string) })
  default = { cpu = "2" }
}

variable "any" {
  type    = any
  default = { a = [1, "b"] }
}

variable "pair" {
  type    = tuple([string, number])
  default = [1, "2"]
}

variable "nothing" {
  type    = list(object({ a = string }))
  default = null
}

resource "proxmox_virtual_environment_vm" "web" {
  node_name      = 5
  vm_id          = "100"
  tags           = var.tags
  started        = "true"
  network_device = [{ bridge = "vmbr0" }]

  disk {
    interface = "scsi0"
    size      = "8"
    iothread  = null
  }
}

resource "random_password" "admin" {
  length  = "16"
  keepers = { day = 1, on = true }
}

resource "terraform_data" "any" {
  input            = [1, "a", { b = null }]
  triggers_replace = "x"
}
