locals {
  stamp = { at = timestamp() }
}

resource "terraform_data" "note" {
  input = "made ${local.stamp.at}"
}
