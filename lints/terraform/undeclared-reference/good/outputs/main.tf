module "web" {
  source = "./modules/vm"
  name   = "web"
}

module "each" {
  source   = "./modules/vm"
  for_each = toset(["address"])
  name     = each.key
}

module "far" {
  source  = "example/vm/proxmox"
  version = "1.0.0"
}

output "values" {
  value = {
    id      = module.web.id
    guarded = try(module.web.address, null)
    key     = module.each.address
    element = module.each["address"].id
    all     = values(module.each)[*].id
    far     = module.far.address
    whole   = module.web
  }
}
