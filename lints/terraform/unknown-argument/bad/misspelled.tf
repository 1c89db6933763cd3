terraform {
  required_providers {
    tls = {
      source  = "hashicorp/tls"
      version = "~> 4.2.1"
    }
  }
}

resource "tls_private_key" "host" {
  algoritm = "ED25519"
  size     = 256
}
