variable "p" {}
locals { l = var.p }
output "q" { value = local.l }
