resource_invariant "proxmox_virtual_environment_{vm,container}" "duplicate-tags" {
  summary   = "no tag is given twice"
  fixed_in  = "v0.7.2"
  help      = "wrap the tags in `distinct()`: Proxmox keeps each tag once, so the plan would never be empty"
  guarantee = "module"
  # Who just passes tags on is not at fault.
  filter = attrs.tags != null && !contains(meta.passed, "tags")

  enforce {
    condition     = attrs.tags == distinct(attrs.tags)
    error_message = "a tag can be given twice"

    fix {
      value         = distinct(attrs.tags)
      applicability = "safe"
    }
  }
}

# But who passes them is.
resource_invariant "proxmox_virtual_environment_{vm,container}" "duplicate-tags-of-a-caller" {
  summary  = "no tag is passed twice"
  fixed_in = "v0.7.2"
  help     = "name each tag once: Proxmox does, so the plan would never be empty"
  filter   = attrs.tags != null && contains(meta.passed, "tags")

  enforce {
    condition     = attrs.tags == distinct(attrs.tags)
    error_message = "a tag is given twice"
  }
}
