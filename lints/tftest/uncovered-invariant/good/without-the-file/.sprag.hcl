preset = "homelab"

resource_invariant "terraform_data" "size-with-unit" {
  fixed_in = "v0.7.2"

  enforce {
    condition     = can(regex("G$", attrs.input))
    error_message = "the size has no unit"
  }
}
