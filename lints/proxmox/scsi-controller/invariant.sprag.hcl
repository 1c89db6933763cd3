resource_invariant "proxmox_virtual_environment_vm" "scsi-controller" {
  summary  = "the SCSI controller is `virtio-scsi-single`"
  fixed_in = "v0.4.0"
  help     = "write `scsi_hardware = \"virtio-scsi-single\"`"
  # A clone keeps the controller of its template where the default of the provider is asked for.
  filter = length(attrs.clone) == 0 || attrs.scsi_hardware != "virtio-scsi-pci"

  enforce {
    condition     = attrs.scsi_hardware == "virtio-scsi-single"
    error_message = "SCSI controller `${attrs.scsi_hardware}` instead of `virtio-scsi-single`"
  }
}
