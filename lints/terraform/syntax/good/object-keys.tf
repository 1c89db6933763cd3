locals {
  object = {
    bare           = 1
    "quoted"       = 2
    colon          : 3
    (var.name)     = 4
    "${var.name}-" = 5
    dash-ed        = 6
    a = 7, b = 8
    true = 9
    if   = 10
    10   = 11
    var.name = 12
    bare = 13
  }

  one_line = { a = 1, b : 2, }
  empty    = {}
}
