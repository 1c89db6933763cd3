variable "debian_template_url" {
  description = "URL of the container template."
  type        = string
}

variable "debian_image_url" {
  description = "URL of the cloud image."
  type        = string
}

variable "backup_schedule" {
  description = "Calendar event of the nightly backup."
  type        = string
  default     = "02:30"
}
