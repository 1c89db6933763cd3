locals {
  is_empty = var.names == []
}
