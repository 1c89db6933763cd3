module "web" {
  source = "./modules/vm"
  cores  = "four"
  disks  = { data = { size = 8 } }
}

module "db" {
  source = "./modules/vm"
  cores  = [4]
  disks  = [{ size = 8, tags = [] }]
}
