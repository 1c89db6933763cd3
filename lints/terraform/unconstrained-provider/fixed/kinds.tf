terraform {
  required_providers {
    tls  = { source = "hashicorp/tls", version = "~> 4.0" }
    time = { source = "hashicorp/time", version = "~> 0.12" }
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
