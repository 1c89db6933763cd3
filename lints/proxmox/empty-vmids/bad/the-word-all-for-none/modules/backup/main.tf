variable "vmids" {
  type    = list(number)
  default = []
}

locals {
  vmids = length(var.vmids) == 0 ? "all" : join(",", var.vmids)
}
