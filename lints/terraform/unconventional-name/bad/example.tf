variable "diskSize" {
  type = number
}
