# tls_private_key.ca.public_key_openssh is not used: this key signs certificates.
resource "tls_private_key" "ca" {
  algorithm = "RSA"
}
