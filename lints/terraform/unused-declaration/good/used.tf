variable "a" {
  type = string
}
locals {
  b = var.a
}
output "b" {
  value = local.b
}
