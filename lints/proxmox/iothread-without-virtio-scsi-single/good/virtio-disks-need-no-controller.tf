resource "proxmox_virtual_environment_vm" "web" {
  disk {
    interface = "virtio0"
    iothread  = true
  }
}
