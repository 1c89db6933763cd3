variable "enabled" {
  type    = bool
  default = true
}

locals {
  create_command = var.enabled ? "true" : "pvesh create /cluster/backup"
}
