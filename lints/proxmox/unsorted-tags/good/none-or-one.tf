resource "proxmox_virtual_environment_vm" "web" {
  tags = []
}

resource "proxmox_virtual_environment_vm" "db" {
  tags = ["db"]
}

resource "proxmox_virtual_environment_vm" "dns" {
  tags = null
}
