variable "controller" {
  type    = string
  default = "virtio-scsi-single"

  validation {
    condition     = var.controller == "virtio-scsi-single"
    error_message = "One controller for each disk."
  }
}

resource "proxmox_virtual_environment_vm" "web" {
  scsi_hardware = var.controller
}
