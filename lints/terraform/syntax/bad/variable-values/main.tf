variable "tags" {
  type = list(string)
}
