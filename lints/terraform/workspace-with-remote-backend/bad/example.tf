terraform {
  required_version = ">= 1.0"
  backend "remote" {}
}

output "name" {
  value = terraform.workspace
}
