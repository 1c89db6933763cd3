variable "enabled" {
  type    = bool
  default = true
}

variable "disabled_command" {
  type = string
}

locals {
  create_command = var.enabled ? "pvesh create /cluster/backup" : var.disabled_command
}
