variable "cores" {
  type = number

  validation {
    condition     = var.cores >= 1
    error_message = "At least one core."
  }

  validation {
    condition     = var.cores < 1
    error_message = "Less than one."
  }
}
