variable "environment" {
  type = string
}

variable "role" {
  type = string
}

output "hostname" {
  value = "${var.environment}-${var.role}"
}
