locals {
  first = terraform_data.c.id
  own   = [for part in local.own : part]
}

resource "terraform_data" "a" {
  input = terraform_data.b.id
}

resource "terraform_data" "b" {
  input = local.first
}

resource "terraform_data" "c" {
  depends_on = [terraform_data.a]
}

resource "terraform_data" "itself" {
  input = terraform_data.itself.id
}

data "terraform_remote_state" "x" {
  backend = "local"
  config  = { path = data.terraform_remote_state.x.outputs.path }
}
