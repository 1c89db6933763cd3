variable "hostname" {
  description = "Host name of the container."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.hostname))
    error_message = "The host name must be a valid DNS label in lower case."
  }
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
  default     = ""
}

variable "tags" {
  description = "Tags of the container; the module adds `terraform`."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for tag in var.tags : can(regex("^[a-z0-9_][a-z0-9_.-]*$", tag))])
    error_message = "Proxmox lowers the case of tags: write them in lower case, without spaces."
  }
}

variable "template_file_id" {
  description = "Volume id of the container template."
  type        = string
}

variable "os_type" {
  description = "Distribution inside the template."
  type        = string
  default     = "debian"

  validation {
    condition     = contains(["alpine", "archlinux", "centos", "debian", "fedora", "opensuse", "ubuntu", "unmanaged"], var.os_type)
    error_message = "Not a distribution that Proxmox knows."
  }
}

variable "security_updates" {
  description = "Install security updates on their own."
  type        = bool
  default     = true
}

variable "cores" {
  description = "Number of CPU cores."
  type        = number
  default     = 1
}

variable "memory_mb" {
  description = "Memory in MiB."
  type        = number
  default     = 512

  validation {
    condition     = var.memory_mb >= 64
    error_message = "No supported template starts with less than 64 MiB."
  }
}

variable "datastore_id" {
  description = "Datastore of the root disk and, unless they say otherwise, of the mount points."
  type        = string
  default     = "local-lvm"
}

variable "disk_gb" {
  description = "Size of the root disk in GiB."
  type        = number
  default     = 8
}

variable "mount_points" {
  description = "Further volumes: path in the container, size in GiB, datastore, part of the backup or not."
  type = list(object({
    path         = string
    size_gb      = number
    datastore_id = optional(string)
    backup       = optional(bool, true)
  }))
  default = []

  validation {
    condition     = alltrue([for mount in var.mount_points : startswith(mount.path, "/")])
    error_message = "The path of a mount point is absolute."
  }
}

variable "bridge" {
  description = "Network bridge."
  type        = string
  default     = "vmbr0"
}

variable "ip_address" {
  description = "IPv4 address with prefix length, or `dhcp`."
  type        = string
  default     = "dhcp"

  validation {
    condition     = var.ip_address == "dhcp" || can(cidrhost(var.ip_address, 0))
    error_message = "Write an address with its prefix length, such as 192.168.10.20/24, or dhcp."
  }
}

variable "gateway" {
  description = "Default gateway; null with dhcp."
  type        = string
  default     = null
}

variable "ssh_public_keys" {
  description = "Public keys that may log in as root."
  type        = list(string)
}
