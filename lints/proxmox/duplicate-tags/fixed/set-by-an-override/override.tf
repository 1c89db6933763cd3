resource "proxmox_virtual_environment_vm" "web" {
  tags = ["prod"]
}
