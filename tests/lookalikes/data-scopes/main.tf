data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = [1]
    content {
      sid = statement.value
    }
  }
}
output "j" {
  value = data.aws_iam_policy_document.d.json
}
