module "web" {
  source = "./modules/vm"
  cores  = 4
}
