resource "aws_security_group" "web" {
  dynamic "ingress" {
    for_each = [443, 22]
    iterator = port

    content {
      from_port   = port.value
      to_port     = port.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}
