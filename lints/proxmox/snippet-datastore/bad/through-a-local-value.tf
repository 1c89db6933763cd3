locals {
  thin = "local-lvm"
}

resource "proxmox_virtual_environment_file" "cloud_init" {
  content_type = "snippets"
  datastore_id = local.thin
}
