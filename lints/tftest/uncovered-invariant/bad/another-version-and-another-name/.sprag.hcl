preset = "homelab"

resource_invariant "terraform_data" "size-with-unit" {
  fixed_in = "v0.7.2"

  enforce {
    condition     = can(regex("G$", attrs.input))
    error_message = "the size has no unit"
  }
}

module_invariant "**/modules/ct" "name" {
  fixed_in = "v0.9.0"

  enforce {
    condition     = output.name != ""
    error_message = "no name"
  }
}
