# the size in gigabytes
variable "size" {
  type = number
}
