variable "strong" {
  type = bool
}

resource "tls_private_key" "ssh" {
  algorithm = var.strong ? "ECDSA" : "RSA"
}

output "public_key" {
  value = tls_private_key.ssh.public_key_openssh
}
