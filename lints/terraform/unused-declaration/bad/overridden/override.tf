locals {
  a = 2
}

data "http" "status" {
  url = "https://example.com"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

variable "size" {
  default = 1
}
