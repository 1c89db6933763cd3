resource "tls_private_key" "ssh" {
  algorithm = "ED25519"
}

output "public_key" {
  value = tls_private_key.ssh.public_key_openssh
}
