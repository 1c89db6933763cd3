variable "vmids" {
  type    = list(number)
  default = []
}

locals {
  vmids = join(",", var.vmids)
}
