locals {
  name = "web"
}

resource "terraform_data" "vm" {
  input = var.not_here

  provisioner "local-exec" {
    command = "true"
  }
}

module "other" {
  size = 8
}
