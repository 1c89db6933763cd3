variables {
  text = <<-EOT
    run "size_has_a_unit" {}
  EOT
}
