resource_invariant "terraform_data" "sized" {
  input "least" {
    type    = nubmer
    default = 3
  }

  input "units" {
    type    = list(string)
    default = "G"
  }

  input "limit" {
    type    = number
    default = var.limit
  }

  enforce {
    condition     = length(attrs.input) >= input.least && length(attrs.input) < input.limit
    error_message = "a size without ${join(" or ", input.units)}"
  }
}
