variable "datastore_id" {
  type = string
}

resource "proxmox_virtual_environment_file" "cloud_init" {
  content_type = "snippets"
  datastore_id = var.datastore_id
}
