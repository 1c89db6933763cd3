module "backup" {
  source = "./modules/backup"
}

data "terraform_remote_state" "other" {
  backend = "local"
}

resource "terraform_data" "this" {
  input = module.backup.name
}
