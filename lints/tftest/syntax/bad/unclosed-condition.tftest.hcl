run "size_has_a_unit" {
  assert {
    condition     = can(regex("G$", output.size)
    error_message = "no unit"
  }
}
