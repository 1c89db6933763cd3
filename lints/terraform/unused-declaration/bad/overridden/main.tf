# What an override file changes has to be there: nothing is removed.
locals {
  a = 1
}

data "http" "status" {
  url = "https://example.org"
}

provider "aws" {
  alias = "west"
}

terraform {
  backend "local" {}
}

variable "size" {
  type = number
}
