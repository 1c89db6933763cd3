locals {
  size = lookup(var.sizes, "web")
}
