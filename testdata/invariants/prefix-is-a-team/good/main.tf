variable "role" {
  type = string
}

resource "random_pet" "server" {
  prefix = "shop-${var.role}"
}
