resource_invariant "terraform_data" "sized" {
  input "least" {
    type    = number
    default = 3
  }

  input "units" {
    type    = set(string)
    default = ["G"]
  }

  input "limits" {
    type    = object({ disks = number, mounts = optional(number, 8) })
    default = { disks = 2 }
  }

  input "strict" {
    type    = bool
    default = false
  }

  input "any" {
    type = any
  }

  input "free" {}

  # With what the configuration says, and only with that as numbers and with defaults, is it true.
  enforce {
    condition = (
      length(attrs.input) == input.least && length(input.units) == 3 && contains(input.units, "1") &&
      input.limits.disks + input.limits.mounts == 12 && input.strict == true && input.any.a[1] == "x" &&
      input.free == 1
    )
    error_message = "not what the configuration says"
  }
}
