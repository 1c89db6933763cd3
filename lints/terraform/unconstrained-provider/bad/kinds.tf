terraform {
  required_providers {
    tls  = "~> 4.0"
    time = { version = "~> 0.12" }
  }
}

provider "tls" {
  version = "~> 4.0"
}

check "c" {
  data "http" "d" {
    url = "x"
  }
}

output "a" {
  value = provider::time::rfc3339_parse("x")
}
