terraform {
  required_providers {
    random = {
      source  = "hashicorp/random"
      version = "~> 3.9.0"
    }
  }
}
resource "random_pet" "p" {
}
resource "random_integer" "i" {
  min     = "1"
  max     = 5
  keepers = { a = true, b = null }
}
resource "random_shuffle" "s" {
  input        = ["a", 1]
  result_count = 1
}
resource "random_password" "pw" {
  length           = 16
  special          = "false"
  override_special = "!"
}
output "o" {
  value = "${random_pet.p.id}${random_integer.i.result}${random_shuffle.s.result[0]}"
}
output "p" {
  value     = random_password.pw.bcrypt_hash
  sensitive = true
}
