variable "os_type" {
  type    = string
  default = "debian"
}

variable "security_updates" {
  type    = bool
  default = true
}

output "security_updates" {
  value = var.security_updates && var.os_type != "unmanaged"
}
