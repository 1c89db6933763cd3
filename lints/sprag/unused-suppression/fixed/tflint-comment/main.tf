terraform {
  required_version = ">= 1.9"
}

variable "region" {
  type = string
}

output "region" {
  description = "The region."
  value       = upper(var.region)
}
