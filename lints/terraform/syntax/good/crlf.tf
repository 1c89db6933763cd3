locals {
  name = "web"

  text = <<-EOT
    one
    two
  EOT

  tags = [
    "prod", # comment
    "web",
  ]
}
