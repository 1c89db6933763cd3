# sprag: ignore-file[terraform/legacy-index] --
locals {
  /* sprag: ignore[terraform/legacy-index] */
  first = var.names.0
}
