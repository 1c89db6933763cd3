variable "Disk_sizeGB" {
  type = number
}
