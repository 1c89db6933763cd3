# v0.2.7: without its unit the size recreated the container
run "size_has_a_unit" {
  command = plan
}
