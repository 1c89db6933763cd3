locals {
  four = "four"
}

module "web" {
  source   = "./modules/vm"
  cores    = "4"
  disks    = { data = { size = "16", tags = [1, true, "x"], more = "is dropped" } }
  anything = { a = [1, "b"] }
  labels   = ["a", 1]
}

module "db" {
  source = "./modules/vm"
  cores  = null
  disks  = null
}

module "computed" {
  source = "./modules/vm"
  cores  = local.four == "four" ? 4 : 1
  disks  = { (local.four) = { tags = toset(["a"]) } }
}
