variable "mode" {
  type     = string
  nullable = false

  validation {
    condition     = contains(["snapshot", "suspend", "stop"], var.mode)
    error_message = "Not a mode."
  }

  validation {
    condition     = can(regex("^[0-9]+$", var.mode))
    error_message = "Digits only."
  }
}
