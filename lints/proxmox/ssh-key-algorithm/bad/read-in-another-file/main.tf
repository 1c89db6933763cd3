resource "tls_private_key" "ssh" {
  algorithm = "RSA"
}
