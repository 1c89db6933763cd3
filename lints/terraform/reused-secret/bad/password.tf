resource "random_password" "main" {
  length = 24
}

module "database" {
  source         = "./database"
  admin_password = random_password.main.result
}

module "cache" {
  source     = "./cache"
  auth_token = random_password.main.result
}
