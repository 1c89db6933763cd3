terraform {
  required_providers {
    tls = {
      version = "~> 4.0"
    }
  }
}

resource "tls_private_key" "a" {
  algorithm = "ED25519"
}
