# sprag: the linter that we use, see `sprag: ignore[x]` in its manual
locals {
  a = "# sprag: ignore[nonsense] is a text"
  b = <<-EOT
    # sprag: ignore[nonsense] is a text too
  EOT
}
