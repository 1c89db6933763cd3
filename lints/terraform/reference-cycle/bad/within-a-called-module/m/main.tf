variable "x" {}
module "n" {
  source = "./n"
  p      = module.n.q
}
