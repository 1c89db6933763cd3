variable "tags" {
  type    = list(string)
  default = []
}

resource "proxmox_virtual_environment_vm" "never" {
  count = 0
  tags  = ["terraform"]
}
