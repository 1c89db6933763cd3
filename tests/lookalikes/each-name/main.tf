variable "each_value" {
  default = 1
}
locals {
  count = 1
  each  = { key = 1 }
  self  = { id = 2 }
}
output "o" {
  value = [for count in [1] : count.index if false]
}
output "p" {
  value = local.each.key + local.self.id + local.count + var.each_value
}
