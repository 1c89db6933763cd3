module "vm" {
  source = "./vm"
}
