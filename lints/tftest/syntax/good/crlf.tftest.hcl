run "size_has_a_unit" {
  command = plan

  assert {
    condition     = output.size == "50G"
    error_message = "no unit"
  }
}
