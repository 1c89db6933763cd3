variable "path" {
  type = string
}

locals {
  mirror = "http://mirror.example.org"
}

data "http" "checksums" {
  url = "${local.mirror}/${var.path}"
}
