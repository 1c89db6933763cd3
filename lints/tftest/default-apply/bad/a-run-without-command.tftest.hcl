run "size_has_a_unit" {
  assert {
    condition     = output.size == "50G"
    error_message = "the size must carry its unit"
  }
}
