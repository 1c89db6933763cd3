variable "image_url" {
  description = "URL of a Debian 13 cloud image."
  type        = string
}

variable "repository_url" {
  description = "Git URL of this repository, as the guest reaches it."
  type        = string
}
