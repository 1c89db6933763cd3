variable "os_type" {
  type    = string
  default = "debian"
}

variable "security_updates" {
  type    = bool
  default = true
}

locals {
  security_updates = var.os_type == "debian" || var.os_type == "ubuntu" ? var.security_updates : false
}
