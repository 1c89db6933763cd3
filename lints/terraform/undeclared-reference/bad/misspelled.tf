variable "size" {
  type = number
}

resource "terraform_data" "disk" {
  count = 2
  input = var.sise
}

output "disks" {
  value = terraform_data.disk.id
}
