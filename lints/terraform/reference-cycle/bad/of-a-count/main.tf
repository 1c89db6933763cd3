module "a" {
  source = "./m"
  count  = module.a[0].z == "z" ? 1 : 0
  x      = "1"
}
