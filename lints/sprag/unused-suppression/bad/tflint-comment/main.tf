terraform {
  required_version = ">= 1.9"
}

# tflint-ignore: terraform_typed_variables, terraform_unused_declarations
variable "region" {
  type = string
}

output "region" {
  description = "The region."
  value       = upper(var.region) # tflint-ignore: terraform_deprecated_index # an old tool reads this
}
