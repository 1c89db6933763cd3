# Nothing is written, so it is the provider's default: 2048.
resource "tls_private_key" "login" {
  algorithm = "RSA"
}
