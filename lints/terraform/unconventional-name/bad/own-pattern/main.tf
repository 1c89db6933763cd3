variable "disk_size" {
  type = number
}
