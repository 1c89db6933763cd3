module "web" {
  source = "./modules/vm"
  name   = "web"
  core   = 4
}

module "db" {
  source   = "./modules/vm"
  for_each = toset(["a"])
  name     = each.key
  cores    = 1
  memory   = 512
}
