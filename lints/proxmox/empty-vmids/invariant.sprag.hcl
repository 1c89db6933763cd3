module_invariant "**/modules/backup" "empty-vmids" {
  summary  = "no guests give an empty text"
  fixed_in = "v0.7.0"
  help     = "write `vmids = join(\",\", var.vmids)`: Proxmox takes the text as it is"

  given {
    vmids = []
  }

  enforce {
    condition     = local.vmids == ""
    error_message = "an empty list of guests gives `${local.vmids}` instead of an empty text"
  }
}
