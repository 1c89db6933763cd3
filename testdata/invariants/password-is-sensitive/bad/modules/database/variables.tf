variable "password" {
  type    = string
  default = "changeme"
}
