resource "proxmox_virtual_environment_vm" "web" {
  node_name = "pve"

  clone {
    vm_id = 9000
  }
}

# The provider passes its own default on to nobody.
resource "proxmox_virtual_environment_vm" "db" {
  node_name     = "pve"
  scsi_hardware = "virtio-scsi-pci"

  clone {
    vm_id = 9000
  }
}
