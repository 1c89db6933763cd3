variable "name" {
  type = string
}

variable "cores" {
  type    = number
  default = 2
}

output "id" {
  value = "${var.name}-${var.cores}"
}
