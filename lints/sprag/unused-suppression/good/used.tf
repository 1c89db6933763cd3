# sprag: ignore-file[terraform/unused-declaration] read by a script

# sprag: ignore[terraform/legacy-index, terraform/deprecated-interpolation] generated
# by an old tool
output "first" {
  description = "The first name."
  value       = "${local.names.0}"
}

locals {
  names = ["a", "b"]
  last  = local.names.1 # sprag: ignore[terraform] generated
  # sprag: ignore[terraform/legacy-index] generated
  both = [
    local.names.0,
    local.names.1,
  ]
}

terraform {
  required_version = ">= 1.9"
}
