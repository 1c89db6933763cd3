variable "controller" {
  type = string

  validation {
    condition     = contains(["lsi", "virtio-scsi-pci"], var.controller)
    error_message = "A controller that the appliance knows."
  }
}

resource "proxmox_virtual_environment_vm" "web" {
  scsi_hardware = var.controller
}
