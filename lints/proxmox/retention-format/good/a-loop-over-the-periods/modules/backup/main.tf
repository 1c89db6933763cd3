variable "retention" {
  type = object({
    daily  = optional(number)
    weekly = optional(number)
  })
}

locals {
  periods        = [for period, count in var.retention : "keep-${period}=${count}" if count != null]
  create_command = "pvesh create /cluster/backup --prune-backups ${join(",", local.periods)} --all 1"
}
