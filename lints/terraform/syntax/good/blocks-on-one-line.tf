variable "name" { type = string }

variable "size" {}

resource "terraform_data" "web" { input = [
  "prod",
  "web",
] }
