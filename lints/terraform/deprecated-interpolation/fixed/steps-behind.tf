locals {
  first = (var.disks.0).0
}

variable "disks" {
  type = list(list(string))
}
