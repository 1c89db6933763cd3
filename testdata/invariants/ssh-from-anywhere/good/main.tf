resource "aws_security_group" "web" {
  dynamic "ingress" {
    for_each = { 443 = "0.0.0.0/0", 22 = "203.0.113.0/24" }

    content {
      from_port   = ingress.key
      to_port     = ingress.key
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
}
