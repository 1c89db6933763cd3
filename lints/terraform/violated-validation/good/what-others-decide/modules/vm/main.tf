variable "name" {
  type = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.name))
    error_message = "Not a name."
  }
}

variable "cores" {
  type    = number
  default = 1

  validation {
    condition     = var.cores >= 1 && var.cores <= 64
    error_message = "Between 1 and 64."
  }
}

variable "mode" {
  type    = string
  default = null

  validation {
    condition     = var.mode == null ? true : contains(["a", "b"], var.mode)
    error_message = "a or b."
  }
}
