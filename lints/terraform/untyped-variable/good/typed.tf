variable "a" {
  type    = string
  default = null
}
variable "b" {
  type = map(any)
}
