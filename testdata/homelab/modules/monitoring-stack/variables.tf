variable "name" {
  description = "Name of the guest, used as its host name too."
  type        = string
  default     = "monitoring"
}

variable "vm_id" {
  description = "Id of the guest in the cluster; null takes the next free one."
  type        = number
  default     = null
}

variable "node_name" {
  description = "Proxmox node that runs the guest and holds its cloud-init snippet."
  type        = string
}

variable "description" {
  description = "Note shown in the Proxmox UI (Markdown)."
  type        = string
  default     = "Managed by Terraform"
}

variable "tags" {
  description = "Tags of the guest; the module adds `monitoring` and `terraform`."
  type        = list(string)
  default     = []
}

variable "image_file_id" {
  description = "Volume id of a Debian 13 cloud image."
  type        = string
}

variable "datastore_id" {
  description = "Datastore of the disks."
  type        = string
  default     = "local-lvm"
}

variable "data_disk_gb" {
  description = "Space for the time series in GiB."
  type        = number
  default     = 40

  validation {
    condition     = var.data_disk_gb >= 10
    error_message = "Ninety days of metrics need 10 GiB at least."
  }
}

variable "bridge" {
  description = "Network bridge."
  type        = string
  default     = "vmbr0"
}

variable "ip_address" {
  description = "IPv4 address with prefix length; static, because every firewall names it."
  type        = string

  validation {
    condition     = can(cidrhost(var.ip_address, 0))
    error_message = "Write a static address with its prefix length, such as 192.168.10.4/24."
  }
}

variable "gateway" {
  description = "Default gateway."
  type        = string
}

variable "ssh_public_keys" {
  description = "Public keys that may log in, besides the generated one."
  type        = list(string)
  default     = []
}

variable "repository_url" {
  description = "Git URL of this repository; the guest reads its rules from a checkout."
  type        = string

  validation {
    condition     = can(regex("^(https|ssh)://", var.repository_url))
    error_message = "The URL must use https or ssh."
  }
}

variable "pve_exporter_version" {
  description = "Version of prometheus-pve-exporter; null installs none."
  type        = string
  default     = "3.10.2"
  nullable    = true
}
