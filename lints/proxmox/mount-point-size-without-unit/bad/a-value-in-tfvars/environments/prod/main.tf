variable "store_size" {
  type = string
}

module "store" {
  source = "../../modules/store"
  size   = var.store_size
}
