terraform {
  backend "local" {}
}

output "a" {
  value = 1
}
