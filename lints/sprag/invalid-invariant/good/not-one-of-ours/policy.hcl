resource_invariant "terraform_data" "of-another-tool" {
  enforce {
    condition     = attr.input != null
    error_message = "has no input"
  }
}
