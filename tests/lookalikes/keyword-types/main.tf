variable "v" {
  type = list(any)
}
variable "w" {
  type = map(any)
}
variable "anyv" {
  type = any
}
