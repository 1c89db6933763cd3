terraform {
  required_version = ">= 1.9"
}

resource "terraform_data" "disk" {
  input = ["a", "b", "c", "d", "e"]
}
