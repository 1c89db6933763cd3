resource_invariant "proxmox_virtual_environment_{vm,container}" "unsorted-tags" {
  summary   = "tags stand in the order in which Proxmox returns them"
  help      = "wrap the tags in `sort()`, or write them in order"
  guarantee = "module"
  # Who just passes tags on is not at fault.
  filter = attrs.tags != null && !contains(meta.passed, "tags")

  enforce {
    # Null has no place in an order.
    condition     = try(attrs.tags == sort(attrs.tags), true)
    error_message = "tags are not sorted"

    fix {
      value         = sort(attrs.tags)
      applicability = "safe"
    }
  }
}

# But who passes them is.
resource_invariant "proxmox_virtual_environment_{vm,container}" "unsorted-tags-of-a-caller" {
  summary = "tags stand in the order in which Proxmox returns them"
  help    = "write the tags in order"
  filter  = attrs.tags != null && contains(meta.passed, "tags")

  enforce {
    # Null has no place in an order.
    condition     = try(attrs.tags == sort(attrs.tags), true)
    error_message = "tags are not sorted"
  }
}
