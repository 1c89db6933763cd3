variable "os_type" {
  type    = string
  default = "debian"
}

variable "security_updates" {
  type    = bool
  default = true
}

locals {
  security_updates = lookup({ debian = true, ubuntu = true }, var.os_type, false) && var.security_updates
}
