variable "tag" {
  type = string
}

resource "proxmox_virtual_environment_vm" "web" {
  tags = ["web", var.tag, "${var.tag}-web"]
}
