# sprag: ignore-file[sprag/suppression-without-reason]
locals {
  first = var.names.0 # sprag: ignore[terraform/legacy-index]
}
