# Shared by every environment: each has a symbolic link to this file.

variable "proxmox_endpoint" {
  description = "URL of the Proxmox API."
  type        = string

  validation {
    condition     = startswith(var.proxmox_endpoint, "https://")
    error_message = "The API is served over https only."
  }
}

variable "proxmox_api_token" {
  description = "API token, `user@realm!name=uuid`; given as TF_VAR_proxmox_api_token or in secrets.auto.tfvars."
  type        = string
  sensitive   = true
}

variable "node_name" {
  description = "Proxmox node that runs the guests."
  type        = string
}

variable "node_address" {
  description = "Address of that node for SSH."
  type        = string
}

variable "gateway" {
  description = "Default gateway of the guests."
  type        = string
}

variable "ssh_public_keys" {
  description = "Public keys of the administrator."
  type        = list(string)
}
