variable "mode" {
  type    = string
  default = "shutdown"

  validation {
    condition     = contains(["snapshot", "suspend", "stop"], var.mode)
    error_message = "The mode is snapshot, suspend or stop."
  }
}

terraform {
  backend "local" {}
}
