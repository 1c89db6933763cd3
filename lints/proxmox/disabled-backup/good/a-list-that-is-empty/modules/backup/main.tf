variable "enabled" {
  type    = bool
  default = true
}

locals {
  create_command = join("; ", [for command in ["pvesh create /cluster/backup"] : command if var.enabled])
}
