locals {
  tags = ["prod", "web"
}
