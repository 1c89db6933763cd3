variable "disk_gb" {
  type = number
}
