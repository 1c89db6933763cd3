locals {
  m = {
    "a.b"        = 1
    for          = 2
    in           = 3
    if           = 4
    null         = 5
    true         = 6
    var          = 7
    local        = 8
    data         = 9
    (var.k)      = 10
    "${var.k}-x" = 11
  }
  x = local.m.for + local.m.var + local.m["null"]
}
variable "k" {
  default = "k"
}
