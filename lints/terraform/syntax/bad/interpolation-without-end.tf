locals {
  name = "${var.name"
  size = 50
}
