# sprag: ignore-file[terraform/legacy-index] generated
locals {
  first = var.names.0 # sprag: ignore[terraform/legacy-index]: old
  second = var.names.0 # sprag: ignore[terraform/legacy-index] # TODO(7)
  third = var.names.0 // tflint-ignore: terraform_deprecated_index
}
