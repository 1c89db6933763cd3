locals {
  a = templatefile("${path.module}/x.tftpl", { name = "x", each = 1 })
  b = core::upper("x")
  c = max([1, 2]...)
  d = one([for x in [1] : x])
}
