locals {
  a = lookup(var.sizes, "web", 1)
  b = lookup(var.pair...)
}
