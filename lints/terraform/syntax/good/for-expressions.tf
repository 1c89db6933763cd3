locals {
  list   = [for x in var.list : x if x != null]
  pairs  = [for i, x in var.list : "${i}=${x}"]
  map    = { for k, v in var.map : k => v if v != "" }
  groups = { for v in var.list : v.kind => v... }
  lines = [
    for x in var.list :
    x
    if x != ""
  ]
  merged = merge([for x in var.list : { (x) = true }]...)
}
