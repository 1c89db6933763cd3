terraform {
  required_providers {
    time = {
      source  = "hashicorp/time"
      version = "~> 0.12"
    }
  }
}
output "a" {
  value = provider::time::rfc3339_parse("2024-01-01T00:00:00Z")
}
