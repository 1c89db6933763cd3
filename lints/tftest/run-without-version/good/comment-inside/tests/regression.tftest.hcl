run "first_line" {
  # v0.7.2
  command = plan
}

run "beside_the_brace" { # v0.7.2
  command = plan
}

run "beside_an_argument" {
  command = plan # v0.7.2
}

run "in_a_nested_block" {
  command = plan

  assert {
    # v0.7.2
    condition     = output.size == "50G"
    error_message = "no unit"
  }
}

run "last_line" {
  command = plan
  # v0.7.2
}
