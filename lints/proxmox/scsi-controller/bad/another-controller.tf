resource "proxmox_virtual_environment_vm" "web" {
  scsi_hardware = "virtio-scsi-pci"
}
