locals {
  tags = [
    "prod"
    "web"
  ]
}
