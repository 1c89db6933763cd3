variable "description" {
  default = "Managed by Terraform"
}
