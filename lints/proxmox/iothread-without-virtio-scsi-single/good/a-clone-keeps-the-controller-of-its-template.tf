resource "proxmox_virtual_environment_vm" "web" {
  node_name = "pve"

  clone {
    vm_id = 9000
  }

  disk {
    interface = "scsi0"
    iothread  = true
    size      = 20
  }
}
