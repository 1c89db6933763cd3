terraform {
  required_version = ">= 1.9"
}

resource "terraform_data" "vm" {
  input = "vm-1"
}
