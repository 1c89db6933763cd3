module "guest" {
  source = "../../modules/guest"
  tags   = ["web", "prod"]
}
