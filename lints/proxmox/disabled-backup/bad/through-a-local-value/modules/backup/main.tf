variable "enabled" {
  type    = bool
  default = true
}

locals {
  verb           = join(" ", ["pvesh", "create"])
  parts          = concat([local.verb, "/cluster/backup"], var.enabled ? ["--enabled 1"] : ["--enabled 0"])
  create_command = join(" ", local.parts)
}
