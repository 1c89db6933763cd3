locals {
  size = 50G
  name = "web
  tags = ["prod",, "web"]
}

output "name" {
  value = local.name +
}
