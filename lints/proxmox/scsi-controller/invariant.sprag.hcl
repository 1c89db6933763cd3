resource_invariant "proxmox_virtual_environment_vm" "scsi-controller" {
  summary  = "the SCSI controller is `virtio-scsi-single`"
  fixed_in = "v0.4.0"
  help     = "write `scsi_hardware = \"virtio-scsi-single\"`"

  enforce {
    condition     = attrs.scsi_hardware == "virtio-scsi-single"
    error_message = "SCSI controller `${attrs.scsi_hardware}` instead of `virtio-scsi-single`"
  }
}
