variable "enabled" {
  type    = bool
  default = true
}

variable "job_id" {
  type = string
}

locals {
  create_command = format("pvesh create /cluster/backup --id %s", var.job_id)
}
