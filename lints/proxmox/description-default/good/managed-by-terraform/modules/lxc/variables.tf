variable "description" {
  type    = string
  default = "Managed by Terraform"
}
