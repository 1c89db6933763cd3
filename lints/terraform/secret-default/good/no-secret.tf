variable "none" {
  type      = string
  sensitive = true
}

variable "null" {
  type      = string
  sensitive = true
  default   = null
}

variable "empty" {
  type      = string
  sensitive = true
  default   = ""
}

variable "collections" {
  type      = map(string)
  sensitive = true
  default   = {}
}

variable "flags" {
  type      = object({ enabled = bool, retries = number, password = string })
  sensitive = true
  default   = { enabled = true, retries = 0, password = "" }
}

variable "placeholder" {
  type      = string
  sensitive = true
  default   = "<set me>"
}

variable "public" {
  type      = string
  sensitive = false
  default   = "admin"
}
