resource_invariant "terraform_data" "sized" {
  input "least" {
    type    = number
    default = 3
  }

  input "units" {
    type    = list(string)
    default = ["G"]
  }

  input "limits" {
    type    = object({ disks = number, mounts = optional(number, 8), spare = optional(number) })
    default = { disks = 2 }
  }

  input "strict" {
    type    = bool
    default = false
  }

  enforce {
    condition     = length(attrs.input) >= input.least && !input.strict
    error_message = "smaller than ${input.least}, of ${join(", ", input.units)} and ${input.limits.disks} disks"
  }
}
