variable "x" {}
output "y" { value = var.x }
output "z" { value = "z" }
