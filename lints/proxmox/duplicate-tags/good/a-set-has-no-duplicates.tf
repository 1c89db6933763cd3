resource "proxmox_vm" "web" {
  tags = ["web", "web"]
}

resource "proxmox_cloned_vm" "web" {
  tags = ["web", "web"]
}
