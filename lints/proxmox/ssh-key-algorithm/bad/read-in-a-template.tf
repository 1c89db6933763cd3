resource "tls_private_key" "ssh" {
  algorithm = "RSA"
}

locals {
  user_data = <<-EOT
    ssh_authorized_keys:
      - ${tls_private_key.ssh.public_key_openssh}
  EOT
}
