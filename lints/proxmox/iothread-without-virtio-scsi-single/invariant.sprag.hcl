resource_invariant "proxmox_virtual_environment_vm" "iothread-without-virtio-scsi-single" {
  summary  = "a SCSI disk with an I/O thread has a controller of its own"
  fixed_in = "v0.4.0"
  help     = "set `scsi_hardware = \"virtio-scsi-single\"`"
  # A clone keeps the controller of its template where the default of the provider is asked for.
  filter   = length(attrs.clone) == 0 || attrs.scsi_hardware != "virtio-scsi-pci"
  for_each = attrs.disk

  enforce {
    # Not a filter: whether there is a thread may be up to the caller, and then each call is judged.
    condition = (
      attrs.scsi_hardware == "virtio-scsi-single" || each.value.iothread != true ||
      !can(regex("^scsi[0-9]+$", each.value.interface))
    )
    error_message = "`iothread` has no effect on a SCSI disk under the controller `${attrs.scsi_hardware}`"
  }
}
