variable "root_password" {
  type      = string
  sensitive = true
  default   = "hunter2"
}
