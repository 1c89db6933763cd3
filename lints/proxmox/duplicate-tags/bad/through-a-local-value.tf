locals {
  site = "prod"
  tags = [local.site, "web", "prod"]
}

resource "proxmox_virtual_environment_container" "this" {
  tags = local.tags
}
