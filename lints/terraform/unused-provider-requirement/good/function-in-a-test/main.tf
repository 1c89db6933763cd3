terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
    time = {
      source  = "hashicorp/time"
      version = "~> 0.12"
    }
  }
}

output "start" {
  value = "2024-01-01T00:00:00Z"
}
