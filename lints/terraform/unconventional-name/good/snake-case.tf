variable "disk_gb" {
  type = number
}
locals {
  k3s_nodes = 1
}
