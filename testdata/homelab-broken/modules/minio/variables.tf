variable "hostname" {
  description = "Host name of the container."
  type        = string
  default     = "minio"
}

variable "vm_id" {
  description = "Id of the container in the cluster; null takes the next free one."
  type        = number
  default     = null
}

variable "node_name" {
  description = "Proxmox node that runs the container."
  type        = string
}

variable "node_address" {
  description = "Address of that node for SSH; `pct exec` runs there."
  type        = string
}

variable "description" {
  description = "Note shown in the Proxmox UI (Markdown)."
  type        = string
  default     = "Managed by Terraform"
}

variable "tags" {
  description = "Tags of the container; the module adds `minio` and `terraform`."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for tag in var.tags : can(regex("^[a-z0-9_][a-z0-9_.-]*$", tag))])
    error_message = "Proxmox lowers the case of tags: write them in lower case, without spaces."
  }
}

variable "template_file_id" {
  description = "Volume id of a Debian container template."
  type        = string
}

variable "memory_mb" {
  description = "Memory in MiB."
  type        = number
  default     = 2048
}

variable "datastore_id" {
  description = "Datastore of the root disk."
  type        = string
  default     = "local-lvm"
}

variable "data_datastore_id" {
  description = "Datastore of the objects."
  type        = string
}

variable "bridge" {
  description = "Network bridge."
  type        = string
  default     = "vmbr0"
}

variable "ip_address" {
  description = "IPv4 address with prefix length; static, because every backend configuration names it."
  type        = string

  validation {
    condition     = can(cidrhost(var.ip_address, 0))
    error_message = "Write a static address with its prefix length, such as 192.168.10.5/24."
  }
}

variable "gateway" {
  description = "Default gateway."
  type        = string
}

variable "ssh_public_keys" {
  description = "Public keys that may log in as root."
  type        = list(string)
}

variable "api_port" {
  description = "Port of the S3 API."
  type        = number
  default     = 9000

  validation {
    condition     = var.api_port >= 1024 && var.api_port <= 65535
    error_message = "MinIO runs without privileges: choose a port from 1024 to 65535."
  }
}

variable "console_port" {
  description = "Port of the web console."
  type        = number
  default     = 9001

  validation {
    condition     = var.console_port != var.api_port
    error_message = "The console needs a port of its own."
  }
}

variable "browser" {
  description = "Serve the web console at all."
  type        = bool
  default     = true
}
