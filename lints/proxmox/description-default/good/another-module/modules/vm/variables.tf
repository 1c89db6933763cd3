variable "description" {
  type    = string
  default = "A container"
}
