resource "proxmox_virtual_environment_vm" "never" {
  count         = 0
  scsi_hardware = "lsi"
}
