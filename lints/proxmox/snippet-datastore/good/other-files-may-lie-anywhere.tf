resource "proxmox_virtual_environment_file" "installer" {
  content_type = "iso"
  datastore_id = "tank"
}

resource "proxmox_virtual_environment_download_file" "template" {
  content_type = "vztmpl"
  datastore_id = "tank"
}
