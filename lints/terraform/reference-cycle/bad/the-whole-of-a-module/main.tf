module "a" {
  source = "./m"
  x      = local.l
}
locals { l = jsonencode(module.a) }
