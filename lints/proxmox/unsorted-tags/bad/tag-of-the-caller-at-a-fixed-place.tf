variable "tag" {
  type = string
}

variable "tags" {
  type = list(string)
}

resource "proxmox_virtual_environment_vm" "web" {
  tags = ["prod", var.tag]
}

resource "proxmox_virtual_environment_vm" "db" {
  tags = var.tags
}
