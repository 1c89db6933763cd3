resource_invariant "proxmox_virtual_environment_container" "mount-point-size-without-unit" {
  summary  = "a mount point's size carries its unit"
  fixed_in = "v0.7.2"
  help     = "write the unit: `\"50G\"`, or `\"$${var.size_gb}G\"` where the size is a number"
  for_each = attrs.mount_point
  filter   = each.value.size != null && each.value.size != ""

  enforce {
    # A number that Terraform prints ends in a digit.
    condition     = can(regex("(?i)(\\d|inf)[kmgt](i?b)?$", each.value.size))
    error_message = "mount point size `${each.value.size}` has no unit: Proxmox recreates the container at every plan"

    fix {
      # Gigabytes, as Proxmox reads a bare number. A fraction it does not know.
      value = "${regex("^\\d+$", each.value.size)}G"
    }
  }
}
