resource "tls_private_key" "ssh" {
  count     = 2
  algorithm = "RSA"
}

output "public_keys" {
  value = tls_private_key.ssh[*].public_key_openssh
}
