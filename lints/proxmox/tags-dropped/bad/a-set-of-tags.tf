variable "tags" {
  type = set(string)
}

resource "proxmox_virtual_environment_container" "this" {
  tags = ["terraform"]
}
