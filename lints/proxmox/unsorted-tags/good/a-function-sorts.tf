resource "proxmox_virtual_environment_vm" "web" {
  tags = sort(["web", "prod"])
}

resource "proxmox_virtual_environment_container" "web" {
  tags = toset(["web", "prod"])
}
