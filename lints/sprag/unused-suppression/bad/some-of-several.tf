# sprag: ignore-file[alerts] there are no rules here
# kept

# sprag: ignore[terraform/legacy-index, terraform/deprecated-lookup, terraform/deprecated-interpolation] all of it
output "first" {
  description = "The first name."
  value       = local.names.0
}

# sprag: ignore[terraform/untyped-variable, terraform/deprecated-interpolation] none of it
output "second" {
  description = "The second name."
  value       = local.names[1]
}

output "third" { # sprag: ignore[terraform/legacy-index] on the first line only
  description = "The third name."
  value       = /* sprag: ignore[terraform/legacy-index] in the middle */ local.names[2]
}

# sprag: ignore[terraform/legacy-index] a blank line ends it

locals {
  names = ["a", "b", "c"]
}

terraform {
  required_version = ">= 1.9"
}
