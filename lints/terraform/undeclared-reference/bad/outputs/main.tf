module "web" {
  source = "./modules/vm"
  name   = "web"
}

module "many" {
  source = "./modules/vm"
  count  = 2
  name   = "many"
}

output "values" {
  value = {
    typo   = module.web.ids
    absent = module.many[0].address
    branch = true ? module.web.address : null
  }
}
