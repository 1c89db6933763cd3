locals {
  is_empty = length(var.names) == 0
}
