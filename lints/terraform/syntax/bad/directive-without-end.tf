locals {
  name = "%{ if var.prod }prod"
}
