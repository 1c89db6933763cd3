resource "proxmox_virtual_environment_vm" "web" {
  tags = ["prod", "web"]
}

resource "proxmox_virtual_environment_vm" "web2" {
  tags = ["prod", "web"]
}
