terraform {
  required_version = ">= 1.9"
}

# tflint-ignore: terraform_typed_variables
variable "region" {
  type        = string
  description = "Where it runs."
}

output "region" {
  description = "The region."
  value       = upper(var.region)
}
