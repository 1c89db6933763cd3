module "store" {
  source = "../../modules/store"
  size   = "50G"
}
