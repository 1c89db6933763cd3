locals {
  controller = join("-", ["virtio", "scsi", "single"])
}

resource "proxmox_virtual_environment_vm" "web" {
  scsi_hardware = local.controller
}
