provider "aws" {
  alias  = "west"
  region = "x"
}
provider "null" {
}
module "m" {
  source    = "./child"
  providers = { aws = aws.west, null = null }
}
resource "aws_instance" "x" {
  provider = aws.west
  provisioner "local-exec" {
    when       = destroy
    on_failure = continue
    command    = "x ${self.id}"
  }
  connection {
    type = "ssh"
    host = self.public_ip
  }
  lifecycle {
    ignore_changes        = all
    create_before_destroy = true
    replace_triggered_by  = [aws_instance.y.id, null_resource.z]
  }
}
resource "aws_instance" "y" {
}
resource "null_resource" "z" {
}
