preset = "homelab"

resource_invariant "terraform_data" "size-with-unit" {
  fixed_in = "v0.7.2"
  for_each = attrs.triggers_replace == null ? [] : attrs.triggers_replace

  enforce {
    condition     = each.value != ""
    error_message = "an empty trigger"
  }
}

resource_invariant "proxmox_virtual_environment_vm" "not-here" {
  fixed_in = "v0.8.0"

  enforce {
    condition     = attrs.name != ""
    error_message = "no name"
  }
}

resource_invariant "terraform_data" "filtered-out" {
  fixed_in = "v0.8.1"
  filter   = attrs.triggers_replace != null

  enforce {
    condition     = attrs.input != ""
    error_message = "no input"
  }
}
