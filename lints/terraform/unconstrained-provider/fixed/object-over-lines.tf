terraform {
  required_providers {
    tls = {
      source = "hashicorp/tls"
      version = "~> 4.0"
    }
    random = {
      source = "hashicorp/random"
      version = "~> 3.0"
      # kept
    }
  }
}

resource "tls_private_key" "a" {
  algorithm = "ED25519"
}

resource "random_id" "a" {
  byte_length = 4
}
