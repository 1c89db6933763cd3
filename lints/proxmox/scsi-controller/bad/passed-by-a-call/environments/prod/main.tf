module "guest" {
  source     = "../../modules/guest"
  controller = "lsi"
}
