variable "retention" {
  type = object({
    daily  = optional(number)
    weekly = optional(number)
  })
}

locals {
  prune_backups = join(",", compact([
    var.retention.daily == null ? "" : "keep-daily=${var.retention.daily}",
    var.retention.weekly == null ? "" : "keep-weekly=${var.retention.weekly}",
  ]))
  create_command = join(" ", ["pvesh create /cluster/backup", "--prune-backups ${local.prune_backups}"])
}
