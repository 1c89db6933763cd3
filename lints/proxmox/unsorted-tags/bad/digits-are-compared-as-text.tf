resource "proxmox_virtual_environment_vm" "web" {
  tags = ["rack-9", "rack-10"]
}
