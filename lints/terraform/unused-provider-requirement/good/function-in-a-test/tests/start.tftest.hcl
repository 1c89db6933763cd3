run "start" {
  command = plan

  assert {
    condition     = provider::time::rfc3339_parse(output.start).year == 2024
    error_message = provider::terraform::encode_expr(output.start)
  }
}
