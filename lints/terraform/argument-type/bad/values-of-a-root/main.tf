terraform {
  required_version = ">= 1.9"

  backend "local" {}
}

variable "cores" {
  description = "How many cores."
  type        = number
}

variable "disks" {
  description = "The disks."
  type        = map(object({ size = number, tags = list(string) }))
}

output "all" {
  description = "Everything."
  value       = [var.cores, var.disks]
}
