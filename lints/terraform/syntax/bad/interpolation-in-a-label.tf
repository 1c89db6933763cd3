resource "terraform_data" "web-${var.name}" {}
