resource_invariant "proxmox_virtual_environment_{vm,container}" "tags-dropped" {
  summary  = "the caller's tags are all on the guest"
  fixed_in = "v0.7.2"
  help     = "add to the caller's tags: `distinct(sort(concat([\"terraform\"], var.tags)))`"
  filter   = attrs.tags != null

  enforce {
    condition     = preserves(attrs.tags, var.tags)
    error_message = "tags that the caller passes are not on the guest"
  }
}
