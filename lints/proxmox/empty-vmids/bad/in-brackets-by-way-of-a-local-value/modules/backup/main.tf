variable "vmids" {
  type    = list(number)
  default = []
}

locals {
  joined = join(",", var.vmids)
  vmids  = "[${local.joined}]"
}
