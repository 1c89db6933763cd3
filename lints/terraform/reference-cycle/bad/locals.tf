locals {
  name   = "${local.prefix}-web"
  prefix = trimsuffix(local.name, "-web")
}
