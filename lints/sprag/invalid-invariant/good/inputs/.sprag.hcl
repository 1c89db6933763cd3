resource_invariant "terraform_data" "sized" {
  input "least" {
    type    = number
    default = "3"
  }

  input "units" {
    type    = set(string)
    default = concat(["G"], ["T", 1])
  }

  input "limits" {
    type    = object({ disks = number, mounts = optional(number, 8) })
    default = { disks = 2, note = "dropped" }
  }

  input "old" {
    type    = "string"
    default = null
  }

  input "pairs" {
    type = map(any)
  }

  enforce {
    condition     = length(attrs.input) >= input.least && input.old == null && length(input.units) > input.limits.disks
    error_message = "smaller than ${input.least}"
  }
}
