resource "proxmox_cloned_vm" "web" {}

resource "proxmox_vm" "web" {}
