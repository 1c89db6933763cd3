resource "tls_private_key" "ssh" {
  for_each  = toset(["web", "db"])
  algorithm = "RSA"
}

output "public_key" {
  value = tls_private_key.ssh["web"].public_key_openssh
}
