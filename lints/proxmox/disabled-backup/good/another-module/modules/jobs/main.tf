variable "enabled" {
  type    = bool
  default = true
}

locals {
  create_command = "pvesh create /cluster/backup --enabled ${var.enabled ? 1 : 0}"
}
