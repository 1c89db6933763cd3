variable "os_type" {
  type    = string
  default = "debian"
}

variable "security_updates" {
  type    = bool
  default = true
}

locals {
  security_updates = alltrue([var.security_updates, can(regex("^(debian|ubuntu)$", var.os_type))])
}
