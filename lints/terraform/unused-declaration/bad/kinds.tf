variable "own" {
  type = string
  validation {
    condition     = var.own != ""
    error_message = "empty"
  }
}

check "c" {
  data "http" "d" {
    url = "x"
  }
  assert {
    condition     = true
    error_message = "no"
  }
}

provider "aws" {
  alias = "b"
}
