variable "suffix_length" {
  type    = number
  default = 8
}

resource "random_string" "suffix" {
  length = var.suffix_length
}
