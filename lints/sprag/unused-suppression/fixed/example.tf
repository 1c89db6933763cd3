output "first" {
  description = "The first name."
  value       = local.names[0]
}

locals {
  names = ["a", "b"]
}

terraform {
  required_version = ">= 1.9"
}
