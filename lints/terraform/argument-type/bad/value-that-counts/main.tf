variable "cores" {
  type = number
}

variable "memory" {
  type = number
}

output "size" {
  value = [var.cores, var.memory]
}
