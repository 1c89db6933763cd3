locals {
  bits = 1024 * 4
}

resource "tls_private_key" "login" {
  algorithm = "RSA"
  rsa_bits  = local.bits
}

resource "tls_private_key" "modern" {
  algorithm = "ED25519"
}
