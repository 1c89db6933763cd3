variable "partners" {
  type = list(string)
}

module "orders" {
  source = "../../modules/database"

  name           = "orders"
  allowed_ranges = ["203.0.113.0/24"]
}

# Who knows what is passed?
module "reports" {
  source = "../../modules/database"

  name           = "reports"
  allowed_ranges = var.partners
}
