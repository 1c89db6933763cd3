variable "vmids" {
  type    = list(number)
  default = []
}

locals {
  texts = [for vmid in var.vmids : tostring(vmid)]
  vmids = join(",", sort(local.texts))
}
