variable "retention" {
  type = object({
    daily  = optional(number)
    weekly = optional(number)
  })
}

data "external" "command" {
  program = ["sh", "make-command"]
}

locals {
  create_command = data.external.command.result.text
}
