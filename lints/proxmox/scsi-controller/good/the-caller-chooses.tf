variable "scsi_hardware" {
  type = string
}

resource "proxmox_virtual_environment_vm" "web" {
  scsi_hardware = var.scsi_hardware
}
