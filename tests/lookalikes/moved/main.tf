moved {
  from = aws_instance.old
  to   = aws_instance.new
}
resource "aws_instance" "new" {
}
removed {
  from = aws_instance.gone
  lifecycle {
    destroy = false
  }
}
import {
  to = aws_instance.new
  id = "i-1"
}
