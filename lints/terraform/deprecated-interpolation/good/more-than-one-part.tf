locals {
  a = "${var.x} "
  b = "a${var.x}"
  c = { (var.x) = 1 }
  d = "$${var.x}"
  e = <<-EOT
    ${var.x}
  EOT
}
