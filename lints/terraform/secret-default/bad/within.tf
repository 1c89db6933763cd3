variable "users" {
  type      = list(object({ name = string, pin = optional(number) }))
  sensitive = true

  default = [
    { name = "", pin = 4711 },
  ]
}

variable "key" {
  type      = string
  sensitive = true
  default   = <<-EOT
    -----BEGIN PRIVATE KEY-----
  EOT
}
