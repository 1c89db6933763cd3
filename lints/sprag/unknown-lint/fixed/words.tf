# sprag: ingore[terraform/legacy-index] misspelt
# sprag: ignore terraform/legacy-index without brackets
# sprag: ignore[terraform/legacy-index never closed
# sprag: disable[terraform] another tool's word
locals {
  a = var.names.0 # sprag: ignore[terraform/legacy-index, nonsense] both are wrong
}
