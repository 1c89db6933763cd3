terraform {
  required_version = ">= 1.9"
}

variable "disks" {
  description = "The disks."
  type        = list(object({ name = string, size = number }))
}

output "disks" {
  description = "The disks."
  value       = var.disks
}
