variable "suffix_length" {
  type    = number
  default = 8

  validation {
    condition     = var.suffix_length >= 8
    error_message = "Eight characters at least."
  }
}

resource "random_string" "suffix" {
  length = var.suffix_length
}
