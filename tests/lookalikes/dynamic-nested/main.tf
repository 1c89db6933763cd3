variable "groups" {
  default = {}
}
resource "aws_security_group" "x" {
  for_each = var.groups
  dynamic "ingress" {
    for_each = each.value
    iterator = rule
    content {
      from_port = rule.value.from
      dynamic "inner" {
        for_each = rule.value.inner
        labels   = [inner.key]
        content {
          a = inner.value
          b = rule.key
          c = each.key
        }
      }
    }
  }
}
