variable "tags" {
  type = list(string)

  validation {
    condition     = length(var.tags) == length(distinct(var.tags))
    error_message = "Each tag once."
  }
}

resource "proxmox_virtual_environment_container" "this" {
  tags = var.tags
}
