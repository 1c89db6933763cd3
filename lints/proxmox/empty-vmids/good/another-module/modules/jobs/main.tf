variable "vmids" {
  type    = list(number)
  default = []
}

locals {
  vmids = jsonencode(var.vmids)
}
