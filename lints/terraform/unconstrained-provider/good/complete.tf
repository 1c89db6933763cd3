terraform {
  required_providers {
    random = {
      source                = "hashicorp/random"
      version               = "~> 3.0"
      configuration_aliases = [random.b]
    }
  }
}
resource "random_id" "a" {
  byte_length = 4
}
resource "terraform_data" "a" {}
