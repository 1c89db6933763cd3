variable "note" {
  type    = string
  default = "A container"
}
