variable "private_key" {
  type = string
}

resource "tls_private_key" "ssh" {
  algorithm = "RSA"
}

data "tls_public_key" "ssh" {
  private_key_openssh = var.private_key
}

output "public_key" {
  value = data.tls_public_key.ssh.public_key_openssh
}
