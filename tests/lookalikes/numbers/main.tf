variable "n" {
  type    = number
  default = "1e3"
}
variable "m" {
  type    = map(number)
  default = { a = "0x1" == "" ? 1 : 2 }
}
variable "b" {
  type    = bool
  default = "true"
}
variable "s" {
  type    = string
  default = 1.50
}
variable "t" {
  type    = tuple([string, number])
  default = null
}
variable "l" {
  type    = list(any)
  default = ["a", 1, true]
}
variable "o" {
  type    = object({ a = optional(object({ b = optional(string, "x") }), {}) })
  default = {}
}
variable "q" {
  type    = string
  default = 1
}
variable "set" {
  type    = set(object({ a = string }))
  default = [{ a = 1, b = 2 }]
}
