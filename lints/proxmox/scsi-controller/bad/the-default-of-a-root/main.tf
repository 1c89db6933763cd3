terraform {
  backend "local" {}
}

variable "controller" {
  type    = string
  default = "lsi"
}

resource "proxmox_virtual_environment_vm" "web" {
  scsi_hardware = var.controller
}
