variable "used" {
  type = string
}

locals {
  first  = var.used
  second = local.first
  third  = [local.second]
}

output "used" {
  value = var.used
}
