provider "aws" {
  for_each = toset(["a"])
  alias    = "by_region"
  region   = each.key
}
resource "aws_instance" "x" {
  for_each = toset(["a"])
  provider = aws.by_region[each.key]
}
