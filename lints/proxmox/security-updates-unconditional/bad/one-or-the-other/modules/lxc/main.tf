variable "os_type" {
  type    = string
  default = "debian"
}

variable "security_updates" {
  type    = bool
  default = true
}

locals {
  security_updates = var.security_updates || contains(["debian", "ubuntu"], var.os_type)
}
