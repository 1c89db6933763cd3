locals {
  release = { version = "1.2.0", built = timestamp() }
}

resource "terraform_data" "deploy" {
  triggers_replace = local.release
}
