locals {
  size = var.sizes["web"]
}
