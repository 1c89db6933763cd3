variable "size" {
  description = "in GiB"
  type        = number
}
