resource_invariant "terraform_data" "names" {
  for_each = attrs.triggers_replace
  filter   = each.key != "x" && each.value != null

  input "allowed" {
    type    = list(string)
    default = ["a"]
  }

  locals {
    lower = { for name, value in attrs.triggers_replace : name => lower(value) }
  }

  enforce {
    condition     = contains(input.allowed, local.lower[each.key]) || core::upper(each.value) == "A"
    error_message = "${meta.address}: %{for one in input.allowed}${one} %{endfor}only"
  }
}

module_invariant "**" "module" {
  given {
    enabled = false
    sizes   = { small = 1 }
  }

  enforce {
    condition     = try(output.name, local.name) == variable.name.default || terraform_data.this.input == var.name
    error_message = "the name differs"
  }
}
