module "a" {
  source     = "./m"
  x      = terraform_data.o.output
}
resource "terraform_data" "o" { input = module.a.id }
