variable "enabled" {
  type = bool
}

resource "tls_private_key" "ssh" {
  algorithm = "ED25519"
}

output "key" {
  value = tls_private_key.ssh.public_key_openssh
}
