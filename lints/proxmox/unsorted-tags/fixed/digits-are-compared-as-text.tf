resource "proxmox_virtual_environment_vm" "web" {
  tags = ["rack-10", "rack-9"]
}
