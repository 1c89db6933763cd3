locals {
  algorithm = upper("ed25519")
}

resource "tls_private_key" "ssh" {
  algorithm = local.algorithm
}

output "public_key" {
  value = tls_private_key.ssh.public_key_openssh
}
