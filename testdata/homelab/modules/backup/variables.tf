variable "job_id" {
  description = "Id of the backup job in the cluster."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]+$", var.job_id))
    error_message = "The id starts with a letter and holds lower-case letters, digits and dashes."
  }
}

variable "enabled" {
  description = "Create the job. Without it an existing one is removed."
  type        = bool
  default     = true
}

variable "node_address" {
  description = "Address of a cluster node for SSH; `pvesh` runs there."
  type        = string
}

variable "vmids" {
  description = "Guests to back up; empty means every guest of the cluster."
  type        = list(number)
  default     = []

  validation {
    condition     = alltrue([for vmid in var.vmids : vmid >= 100])
    error_message = "Proxmox keeps the ids below 100 for itself."
  }
}

variable "storage" {
  description = "Storage that takes the backups."
  type        = string
}

variable "schedule" {
  description = "Calendar event of the job."
  type        = string
  default     = "02:30"
}

variable "mode" {
  description = "How running guests are treated."
  type        = string
  default     = "snapshot"

  validation {
    condition     = contains(["snapshot", "suspend", "stop"], var.mode)
    error_message = "The mode is snapshot, suspend or stop."
  }
}

variable "retention" {
  description = "Backups to keep per guest; a period left out keeps none of its kind."
  type = object({
    last    = optional(number)
    daily   = optional(number)
    weekly  = optional(number)
    monthly = optional(number)
  })
  default = {
    daily  = 7
    weekly = 4
  }

  validation {
    condition     = try(min([for count in values(var.retention) : count if count != null]...) >= 1, false)
    error_message = "Keep at least one backup of some period; leave out the other periods."
  }
}

variable "notes_template" {
  description = "Note attached to every backup; Proxmox fills in what stands in double braces."
  type        = string
  default     = "{{guestname}} on {{node}}"
}
