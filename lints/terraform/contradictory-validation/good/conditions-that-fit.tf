variable "cores" {
  type    = number
  default = null

  validation {
    condition     = var.cores == null ? true : var.cores >= 1
    error_message = "At least one core."
  }

  validation {
    condition     = try(var.cores <= 64, true)
    error_message = "At most 64 cores."
  }
}

variable "name" {
  type = string

  validation {
    condition     = length(var.name) > 0 && length(var.name) <= 63
    error_message = "Between 1 and 63 characters."
  }

  validation {
    condition     = can(regex("^[a-z]", var.name)) && !endswith(var.name, "-")
    error_message = "Starts with a letter."
  }
}

variable "tags" {
  type = list(string)

  validation {
    condition     = length(var.tags) == 0 || alltrue([for tag in var.tags : tag == lower(tag)])
    error_message = "Lower case."
  }
}
