locals {
  datastores = { disks = "local-lvm", files = "local" }
}

resource "proxmox_virtual_environment_file" "cloud_init" {
  content_type = "snippets"
  datastore_id = local.datastores.files
}
