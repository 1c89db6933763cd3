locals {
  vmids = join(",", var.vmids
}

output "name" {
  value = "nightly"
}
