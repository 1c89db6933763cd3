variable "name" {
  type = string
}

variable "allowed_ranges" {
  type = list(string)
}
