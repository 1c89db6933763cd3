variable "retention" {
  type = object({
    daily  = optional(number)
    weekly = optional(number)
  })
}

variable "enabled" {
  type = bool
}

locals {
  create_command = var.enabled ? "pvesh create /cluster/backup" : "true # --prune-backups keep-daily=7"
}
