terraform {
  required_version = ">= 1.1"
  backend "remote" {}
}
output "a" {
  value = terraform.workspace
}
