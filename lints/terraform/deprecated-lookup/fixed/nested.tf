locals {
  a = var.m["a"]["b"]
  b = (var.x[*].y)[0]
}
