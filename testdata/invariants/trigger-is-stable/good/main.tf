variable "release" {
  type = string
}

resource "terraform_data" "deploy" {
  triggers_replace = sha256(var.release)
}

output "applied" {
  value = timestamp()
}
