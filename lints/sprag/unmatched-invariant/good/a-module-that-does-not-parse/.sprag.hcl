resource_invariant "terraform_data" "input" {
  enforce {
    condition     = attrs.input != ""
    error_message = "no input"
  }
}
