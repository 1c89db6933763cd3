locals {
  name = var.gone
}

resource "terraform_data" "vm" {
  input            = local.gone
  triggers_replace = [local.name]

  provisioner "local-exec" {
    command = "echo ${var.gone}"
  }
}

module "other" {
  source = "./other"
  size   = var.gone
}

output "name" {
  value = terraform_data.gone.output
}
