resource "tls_private_key" "ssh" {
  algorithm = "ED25519"
}
