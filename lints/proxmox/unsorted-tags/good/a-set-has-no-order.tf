resource "proxmox_vm" "web" {
  tags = ["web", "prod"]
}

resource "proxmox_cloned_vm" "web" {
  tags = ["web", "prod"]
}
