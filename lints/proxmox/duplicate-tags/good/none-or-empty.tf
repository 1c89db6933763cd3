resource "proxmox_virtual_environment_vm" "web" {
  tags = []
}

resource "proxmox_virtual_environment_vm" "db" {
  tags = null
}

resource "proxmox_virtual_environment_vm" "dns" {}
