variable "size" {
  type = number
}

resource "terraform_data" "disk" {
  input = "${var.size}G"
}

output "size" {
  value = terraform_data.disk.input
}
