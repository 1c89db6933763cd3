variable "controller" {
  type    = string
  default = "virtio-scsi-single"
}

resource "proxmox_virtual_environment_vm" "web" {
  scsi_hardware = var.controller
}
