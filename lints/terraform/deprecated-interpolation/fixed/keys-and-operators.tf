locals {
  a = { (var.k) = 1 }
  b = (var.x ? 1 : 2) == "1"
  c = [path.module]
}
