run "size_has_a_unit" {
  command = plan,

  assert {
    condition     = output.size == "50G
    error_message = "no unit"
  }
}

run "tags_are_kept" {
  command = plan
  variables { size = 50, tags = [] }
}
