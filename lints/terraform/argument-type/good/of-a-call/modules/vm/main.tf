variable "cores" {
  type = number
}

variable "disks" {
  type    = map(object({ size = optional(number, 8), tags = list(string) }))
  default = {}
}

variable "anything" {
  default = null
}

variable "labels" {
  type    = list(any)
  default = []
}
