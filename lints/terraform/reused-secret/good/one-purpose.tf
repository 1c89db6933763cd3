resource "random_password" "admin" {
  length = 24
}

resource "random_password" "each" {
  for_each = toset(["a", "b"])
  length   = 24
}

resource "tls_private_key" "host" {
  algorithm = "ED25519"
}

resource "tls_self_signed_cert" "host" {
  private_key_pem       = tls_private_key.host.private_key_pem
  validity_period_hours = 12
  allowed_uses          = []
}

resource "acme_instance" "one" {
  password       = random_password.admin.result
  password_again = random_password.admin.result
  key            = tls_private_key.host.private_key_pem
}

resource "acme_instance" "two" {
  password = random_password.admin.result
  hash     = sha256(random_password.admin.result)
  text     = "user:${random_password.admin.result}"
}

module "a" {
  source = "./a"
  token  = random_password.each["a"].result
  other  = tls_private_key.host.public_key_openssh
}

module "b" {
  source = "./b"
  secret = random_password.each["b"].result
}

output "password" {
  value     = random_password.admin.result
  sensitive = true
}
