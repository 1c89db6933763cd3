variable "k3s_nodes" {
  description = "Nodes of the k3s cluster by name."
  type = map(object({
    vm_id      = number
    ip_address = string
    cores      = optional(number, 2)
    memory_mb  = optional(number, 4096)
    data_gb    = optional(number)
  }))

  validation {
    condition     = length(var.k3s_nodes) % 2 == 1
    error_message = "An even number of nodes has no majority when one half is gone."
  }
}

variable "image_url" {
  description = "URL of the cloud image of the nodes."
  type        = string
}

variable "alpine_template_file_id" {
  description = "Volume id of the container template for the sandbox."
  type        = string
  default     = "local:vztmpl/alpine-3.22-default_20250617_amd64.tar.xz"
}
