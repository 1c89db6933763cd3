locals {
  first = var.names.0 # sprag: ignore[terraform/legacy-index]
}
