module "guest" {
  source = "../../modules/guest"
  tags   = ["prod", "web", "prod"]
}
