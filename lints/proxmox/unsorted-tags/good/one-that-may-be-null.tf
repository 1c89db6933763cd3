variable "environment" {
  type = string
}

resource "proxmox_virtual_environment_vm" "web" {
  node_name = "pve"
  tags      = [var.environment]
}
