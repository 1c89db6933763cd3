locals {
  text = <<-EOT
    web
}
