resource "tls_private_key" "this" {
  algorithm = "ED25519"
}

output "public_key" {
  value = tls_private_key.this.public_key_openssh
}
