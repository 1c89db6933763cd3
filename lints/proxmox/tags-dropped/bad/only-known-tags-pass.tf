variable "tags" {
  type    = list(string)
  default = []
}

resource "proxmox_virtual_environment_vm" "this" {
  tags = [for tag in var.tags : tag if contains(["prod", "lab"], tag)]
}
