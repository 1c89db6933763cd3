list "aws_instance" "all" {
  provider = aws.west

  config {
    region = var.region

    filter {
      name   = "tag:team"
      values = [local.team]
    }
  }
}
