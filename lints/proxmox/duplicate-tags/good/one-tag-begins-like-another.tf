resource "proxmox_virtual_environment_vm" "web" {
  tags = ["web", "web1", "web-1"]
}
