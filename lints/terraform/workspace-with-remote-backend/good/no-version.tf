terraform {
  backend "remote" {}
}
output "a" {
  value = terraform.workspace
}
