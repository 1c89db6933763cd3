run "size_has_a_unit" {
  variables {
    size_gb = 50
  }

  assert {
    condition     = output.size == "50G"
    error_message = "the size must carry its unit"
  }

  command = plan
}
