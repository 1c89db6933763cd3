variable "os_type" {
  type    = string
  default = "debian"
}

variable "security_updates" {
  type    = bool
  default = true
}

locals {
  systems          = toset(["alpine", "debian", "ubuntu"])
  security_updates = var.security_updates && contains(local.systems, var.os_type)
}
