module "completed" {
  name = "web"
}
