module "a" {
  source = "./m"
  x      = terraform_data.t.id
}
resource "terraform_data" "t" {
  depends_on = [module.a]
}
