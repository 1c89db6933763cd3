locals {
  site = "web"
  tags = [local.site, "prod"]
}

resource "proxmox_virtual_environment_container" "this" {
  tags = local.tags
}
