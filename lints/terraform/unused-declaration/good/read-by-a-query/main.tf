variable "region" {
  type = string
}

locals {
  team = "platform"
}

provider "aws" {
  alias = "west"
}
