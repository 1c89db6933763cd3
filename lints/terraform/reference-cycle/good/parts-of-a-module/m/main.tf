variable "x" {}
resource "terraform_data" "t" { }
resource "terraform_data" "u" { input = var.x }
output "id" { value = terraform_data.t.id }
