locals {
  half = 1.5
  a    = local.map.a
  b    = local.list[0]
  c    = local.list[*].id
}
