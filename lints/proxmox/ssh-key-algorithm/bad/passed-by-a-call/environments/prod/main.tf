module "guest" {
  source    = "../../modules/guest"
  algorithm = "ECDSA"
}
