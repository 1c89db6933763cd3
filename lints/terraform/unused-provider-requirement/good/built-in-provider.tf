terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
  }
}

output "values" {
  value = provider::terraform::encode_tfvars({ a = 1 })
}
