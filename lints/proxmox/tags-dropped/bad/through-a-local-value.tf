variable "tags" {
  type    = list(string)
  default = []
}

locals {
  own  = ["terraform"]
  tags = distinct(sort(local.own))
}

resource "proxmox_virtual_environment_container" "this" {
  tags = local.tags
}
