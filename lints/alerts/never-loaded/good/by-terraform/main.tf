locals {
  rules = file("${path.module}/extra/backups.yml")
}
