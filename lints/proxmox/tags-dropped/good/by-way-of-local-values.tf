variable "tags" {
  type    = list(string)
  default = []
}

locals {
  own  = ["terraform"]
  all  = concat(local.own, var.tags)
  tags = sort(distinct(local.all))
}

resource "proxmox_virtual_environment_container" "this" {
  tags = local.tags
}
