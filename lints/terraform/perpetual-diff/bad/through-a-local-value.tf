locals {
  stamp = { at = timestamp() }
}

resource "terraform_data" "note" {
  input = join(" ", ["made", local.stamp.at])
}
