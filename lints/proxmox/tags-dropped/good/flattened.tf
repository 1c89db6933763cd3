variable "tags" {
  type    = list(string)
  default = []
}

resource "proxmox_virtual_environment_container" "this" {
  tags = sort(distinct(flatten([["terraform"], var.tags])))
}
