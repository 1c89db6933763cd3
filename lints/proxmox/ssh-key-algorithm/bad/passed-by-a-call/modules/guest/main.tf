variable "algorithm" {
  type    = string
  default = "ED25519"
}

resource "tls_private_key" "ssh" {
  algorithm = var.algorithm
}

output "public_key" {
  value = tls_private_key.ssh.public_key_openssh
}
