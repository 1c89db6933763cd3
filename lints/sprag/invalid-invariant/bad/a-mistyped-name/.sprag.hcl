resource_invariant "terraform_data" "named" {
  enforce {
    condition     = attr.input != null
    error_message = "has no input"
  }
}
