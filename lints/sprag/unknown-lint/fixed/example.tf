locals {
  first = var.names.0 # sprag: ignore[terraform/legacy-index] read by an old tool
}

variable "names" {
  type = list(string)
}
