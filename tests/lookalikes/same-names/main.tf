variable "x" {
  default = 1
}
locals {
  x = var.x
  y = [for x in [local.x] : x]
  z = { for k, v in { a = local.x } : k => v if v != var.x }
}
resource "terraform_data" "x" {
  input = local.x
}
output "x" {
  value = terraform_data.x.output
}
module "x" {
  source = "./child"
}
