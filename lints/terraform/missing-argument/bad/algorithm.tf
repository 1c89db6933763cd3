terraform {
  required_providers {
    tls = {
      source  = "hashicorp/tls"
      version = "~> 4.2.1"
    }
  }
}

resource "tls_private_key" "host" {
  ecdsa_curve = "P384"
}
