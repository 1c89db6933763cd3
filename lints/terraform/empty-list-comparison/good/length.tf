locals {
  a = length(var.names) == 0
  b = var.names == [1]
  c = var.names == ([])
}
