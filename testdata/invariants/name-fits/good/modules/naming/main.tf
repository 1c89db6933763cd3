variable "environment" {
  type = string
}

variable "role" {
  type = string
}

output "hostname" {
  value = "${substr(var.environment, 0, 4)}-${substr(var.role, 0, 8)}"
}
