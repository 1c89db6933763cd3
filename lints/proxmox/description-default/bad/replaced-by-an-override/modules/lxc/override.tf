variable "description" {
  default = ""
}
