variable "a" {
  type    = number
  default = 1
  validation {
    condition     = var.a < var.b
    error_message = "${var.a} ${local.c}"
  }
}
variable "b" {
  type    = number
  default = 2
}
locals {
  c = 1
}
