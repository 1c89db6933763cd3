run "size_has_a_unit" {
  plan_options {
    refresh = false
  }
}
