resource_invariant "terraform_data" "named" {
  input "prefix" {
    type    = string
    default = ""
  }
  enforce {
    condition     = startswith(attrs.input, input.prefix)
    error_message = "the name does not begin with ${input.prefix}"
  }
}
