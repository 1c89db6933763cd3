terraform {
  backend "local" {}
}

variable "name" {
  type = string
}

resource "terraform_data" "id" {}

module "vm" {
  source = "./modules/vm"
  name   = var.name
  cores  = "4"
}

module "other" {
  source = "./modules/vm"
  name   = "vm-${terraform_data.id.id}"
  cores  = 64
}
