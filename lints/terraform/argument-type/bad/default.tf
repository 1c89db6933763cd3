variable "cores" {
  type    = number
  default = "two"
}
