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
  create_command = var.enabled ? "pvesh create --prune-backups keep-daily=${var.retention.daily}" : "true"
}
