variable "vmids" {
  type    = list(number)
  default = []
}

locals {
  vmids = length(var.vmids) == 0 ? "" : format("%s", join(",", distinct(var.vmids)))
}
