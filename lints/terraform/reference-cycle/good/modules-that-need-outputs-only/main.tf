module "a" {
  source   = "./m"
  for_each = toset([module.b.z])
  x        = "1"
}
module "b" {
  source = "./m"
  x      = module.a["z"].z
}
