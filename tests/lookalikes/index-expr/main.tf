variable "i" {
  default = 0
}
resource "terraform_data" "m" {
  count = 3
  input = count.index
}
locals {
  a = terraform_data.m[var.i].id
  b = terraform_data.m[length(terraform_data.m) - 1].output
  c = terraform_data.m[*].output[0]
  d = slice(terraform_data.m, 0, 1)[0].id
  e = { for i, t in terraform_data.m : i => t.id }
}
