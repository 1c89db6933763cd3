module "stamp" {
  source = "./modules/stamp"
}

resource "terraform_data" "release" {
  input = "released ${module.stamp.at}"
}
