module "changed" {
  source = "./modules/other"
}
