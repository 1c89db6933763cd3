variable "vmids" {
  type        = list(string)
  default     = []
  description = "The guests."
}

locals {
  guests = join(",", var.vmids)
}

output "title" {
  value       = "nightly ${local.guests}"
  description = "What it is called."
}
