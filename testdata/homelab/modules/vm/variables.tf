variable "name" {
  description = "Name of the guest, used as its host name too."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "The name must be a valid DNS label in lower case."
  }
}

variable "vm_id" {
  description = "Id of the guest in the cluster; null takes the next free one."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.vm_id, 100) >= 100
    error_message = "Proxmox keeps the ids below 100 for itself."
  }
}

variable "node_name" {
  description = "Proxmox node that runs the guest."
  type        = string
}

variable "description" {
  description = "Note shown in the Proxmox UI (Markdown)."
  type        = string
  default     = "Managed by Terraform"
}

variable "tags" {
  description = "Tags of the guest; the module adds `terraform`."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for tag in var.tags : can(regex("^[a-z0-9_][a-z0-9_.-]*$", tag))])
    error_message = "Proxmox lowers the case of tags: write them in lower case, without spaces."
  }
}

variable "cores" {
  description = "Number of CPU cores."
  type        = number
  default     = 2

  validation {
    condition     = var.cores >= 1 && var.cores <= 32
    error_message = "Between 1 and 32 cores."
  }
}

variable "memory_mb" {
  description = "Memory in MiB."
  type        = number
  default     = 2048

  validation {
    condition     = var.memory_mb >= 256
    error_message = "A cloud image does not boot with less than 256 MiB."
  }
}

variable "image_file_id" {
  description = "Volume id of the cloud image the boot disk is made from."
  type        = string
}

variable "datastore_id" {
  description = "Datastore of the disks."
  type        = string
  default     = "local-lvm"
}

variable "boot_disk_gb" {
  description = "Size of the boot disk in GiB."
  type        = number
  default     = 20
}

variable "additional_disks" {
  description = "Further disks, attached as scsi1, scsi2, ... in this order; a null datastore means `datastore_id`."
  type = list(object({
    size_gb      = number
    datastore_id = optional(string)
    backup       = optional(bool, true)
  }))
  default = []

  validation {
    condition     = length(var.additional_disks) <= 30
    error_message = "A guest has 31 SCSI slots, and the boot disk takes one."
  }
}

variable "bridge" {
  description = "Network bridge."
  type        = string
  default     = "vmbr0"
}

variable "vlan_id" {
  description = "VLAN tag; null for untagged traffic."
  type        = number
  default     = null

  validation {
    condition     = var.vlan_id == null ? true : var.vlan_id >= 1 && var.vlan_id <= 4094
    error_message = "A VLAN tag lies between 1 and 4094."
  }
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
  description = "Default gateway; required with a static address."
  type        = string
  default     = null

  validation {
    condition     = var.ip_address == "dhcp" ? var.gateway == null : var.gateway != null
    error_message = "A static address needs a gateway, and dhcp brings its own."
  }
}

variable "dns_servers" {
  description = "DNS servers; empty takes those of the node."
  type        = list(string)
  default     = []
}

variable "username" {
  description = "User that cloud-init creates."
  type        = string
  default     = "ops"
}

variable "ssh_public_keys" {
  description = "Public keys that may log in as `username`."
  type        = list(string)
}

variable "on_boot" {
  description = "Start the guest with the node."
  type        = bool
  default     = true
}
