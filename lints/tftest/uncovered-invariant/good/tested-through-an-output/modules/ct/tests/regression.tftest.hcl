# v0.7.2: without its unit the size recreated the disk
run "size_has_a_unit" {
  command = plan

  variables {
    size = 50
  }

  assert {
    condition     = output.size == "50G"
    error_message = "the size has no unit"
  }
}
