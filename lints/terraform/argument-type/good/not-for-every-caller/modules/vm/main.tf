terraform {
  required_version = ">= 1.9"
}

variable "cores" {
  description = "How many cores."
  type        = number
}

output "cores" {
  description = "How many cores."
  value       = var.cores
}
