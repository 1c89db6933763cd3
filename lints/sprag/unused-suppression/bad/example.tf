output "first" {
  description = "The first name."
  value       = local.names[0] # sprag: ignore[terraform/legacy-index] an old tool reads this
}

locals {
  names = ["a", "b"]
}

terraform {
  required_version = ">= 1.9"
}
