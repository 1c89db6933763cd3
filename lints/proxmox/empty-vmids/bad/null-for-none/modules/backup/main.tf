variable "vmids" {
  type    = list(number)
  default = []
}

locals {
  vmids = length(var.vmids) > 0 ? join(",", var.vmids) : null
}
