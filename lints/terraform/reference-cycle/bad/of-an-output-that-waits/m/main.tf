variable "x" {}
resource "terraform_data" "t" { input = var.x }
output "y" {
  value      = "1"
  depends_on = [terraform_data.t]
}
