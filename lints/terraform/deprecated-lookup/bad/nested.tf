locals {
  a = lookup(lookup(var.m, "a"), "b")
  b = lookup(var.x[*].y, 0)
}
