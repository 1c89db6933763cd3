module "dns" {
  source      = "../../modules/lxc"
  description = "Name service"
}
