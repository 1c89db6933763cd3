variable "disk-size" {
  type = number
}
