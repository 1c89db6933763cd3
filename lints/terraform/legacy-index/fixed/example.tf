locals {
  first = local.all[0]
  ids   = local.all[*].id
}
