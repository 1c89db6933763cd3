locals {
  tags = { web = true, prod = true }
}

resource "proxmox_virtual_environment_container" "this" {
  tags = keys(local.tags)
}
