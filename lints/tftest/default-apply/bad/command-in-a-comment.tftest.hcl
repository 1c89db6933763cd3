run "size_has_a_unit" {
  # command = plan
}
