variable "tags" {
  type    = list(string)
  default = []
}

resource "proxmox_virtual_environment_file" "this" {
  content_type = "iso"
}

resource "aws_instance" "this" {
  tags = { terraform = "yes" }
}
