# sprag: ignore-file[alerts] there are no rules here
# kept

# sprag: ignore[terraform/legacy-index] all of it
output "first" {
  description = "The first name."
  value       = local.names.0
}

output "second" {
  description = "The second name."
  value       = local.names[1]
}

output "third" {
  description = "The third name."
  value       =  local.names[2]
}


locals {
  names = ["a", "b", "c"]
}

terraform {
  required_version = ">= 1.9"
}
