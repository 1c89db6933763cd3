module "a" {
  source     = "./m"
  x          = "1"
  depends_on = [terraform_data.t]
}
resource "terraform_data" "t" {
  input = module.a.z
}
