resource_invariant "proxmox_virtual_environment_{vm,container}" "unsorted-tags" {
  summary   = "tags stand in the order in which Proxmox returns them"
  help      = "wrap the tags in `sort()`, or write them in order"
  guarantee = "module"
  filter    = attrs.tags != null && !contains(meta.passed, "tags")

  enforce {
    condition     = attrs.tags == sort(attrs.tags)
    error_message = "tags are not sorted"
  }
}
