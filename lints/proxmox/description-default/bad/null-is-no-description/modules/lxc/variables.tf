variable "description" {
  type    = string
  default = null
}
