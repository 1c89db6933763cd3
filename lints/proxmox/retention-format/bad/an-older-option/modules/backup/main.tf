variable "retention" {
  type = object({
    daily  = optional(number)
    weekly = optional(number)
  })
}

locals {
  create_command = "pvesh create /cluster/backup --maxfiles ${var.retention.daily}"
}
