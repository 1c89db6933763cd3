# v0.7.2
run "size_has_a_unit" { # a comment
  command = plan /* another */

  assert {
    condition = (
      output.size != null && # beside an operator
      output.size == "50G"   // and behind
    )
    error_message = "no unit"
  }
}
