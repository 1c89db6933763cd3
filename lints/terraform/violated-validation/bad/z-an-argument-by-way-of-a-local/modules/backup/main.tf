variable "keep" {
  type = number

  validation {
    condition     = var.keep >= 1
    error_message = "Keep at least one backup."
  }
}
