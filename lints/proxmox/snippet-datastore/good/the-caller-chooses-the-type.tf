variable "content_type" {
  type = string
}

resource "proxmox_virtual_environment_file" "upload" {
  content_type = var.content_type
  datastore_id = "tank"
}
