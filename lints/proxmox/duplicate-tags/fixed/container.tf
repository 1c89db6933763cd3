resource "proxmox_virtual_environment_container" "web" {
  tags = ["prod", "web"]
}
