resource "proxmox_virtual_environment_file" "cloud_init" {
  datastore_id = "tank"
}
