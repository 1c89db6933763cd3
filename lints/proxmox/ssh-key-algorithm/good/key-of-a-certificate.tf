resource "tls_private_key" "ca" {
  algorithm = "RSA"
}

resource "tls_self_signed_cert" "ca" {
  private_key_pem       = tls_private_key.ca.private_key_pem
  validity_period_hours = 24
  allowed_uses          = ["cert_signing"]
}

output "public_key" {
  value = tls_private_key.ca.public_key_pem
}
