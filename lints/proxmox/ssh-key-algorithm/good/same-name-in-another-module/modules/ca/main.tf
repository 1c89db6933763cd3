resource "tls_private_key" "this" {
  algorithm = "RSA"
}
