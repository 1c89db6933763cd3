variable "used" {
  type = string
}

locals {
}

output "used" {
  value = var.used
}
