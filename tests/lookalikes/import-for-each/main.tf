locals {
  ids = { a = "1" }
}
import {
  for_each = local.ids
  to       = aws_instance.x[each.key]
  id       = each.value
}
resource "aws_instance" "x" {
  for_each = local.ids
}
