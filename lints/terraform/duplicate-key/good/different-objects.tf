locals {
  a = { x = 1, y = { x = 2 } }
  b = { (var.x) = 1, x = 2 }
  c = { "${var.x}" = 1, x = 2 }
  d = { for k, v in var.m : k => v }
}
