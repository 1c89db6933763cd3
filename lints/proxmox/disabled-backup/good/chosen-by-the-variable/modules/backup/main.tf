variable "enabled" {
  type    = bool
  default = true
}

locals {
  create_command = var.enabled ? "pvesh create /cluster/backup" : "true"
}
