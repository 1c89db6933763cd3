// sprag: ignore-file[terraform/slash-comment] off by default
terraform {
  required_version = ">= 1.9"
}

locals {
  a = 1 # sprag: ignore[invariant/no-public-ip] not known here
  b = 2 # tflint-ignore: terraform_deprecated_index
}

output "a" {
  description = "Both."
  value       = local.a + local.b
}
