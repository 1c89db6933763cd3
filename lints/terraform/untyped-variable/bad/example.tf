variable "size" {
  default = 4
}
