resource_invariant "terraform_data" "all-sorts-of-mistakes" {
  for_each = attrs.triggers_replace

  input "least" {
    type    = number
    default = 3
  }

  enforce {
    condition     = startwith(each.valeu, "x") && length(each.value) >= input.leats
    error_message = "${meta.adress} has a bad trigger"
  }

  enforce {
    condition     = can(regex("(", each.value))
    error_message = "no match"
  }
}

module_invariant "**" "always" {
  given {
    enabled = var.enabled
  }

  enforce {
    condition     = 1 + 1 == 2
    error_message = "never"
  }
}
