locals {
  first = var.list.0
  name  = var.list.0.name
  ids   = terraform_data.web.*.id
  one   = terraform_data.web.*.id[0]
  full  = terraform_data.web[*].tags["name"]
  old   = "${var.name}"
}
