locals {
  everywhere = "0.0.0.0/0"
  office     = "203.0.113.0/24"
}

module "orders" {
  source = "../../modules/database"

  name           = "orders"
  allowed_ranges = [local.office, local.everywhere]
}
