variable "tags" {
  type    = list(string)
  default = []
}

data "external" "tags" {
  program = ["sh", "make-tags"]
}

resource "proxmox_virtual_environment_container" "this" {
  tags = split(",", data.external.tags.result.all)
}
