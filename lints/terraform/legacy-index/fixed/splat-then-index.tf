locals {
  a = local.all.*.id[0]
  b = local.all[*].list[0]
}
