run "size_has_a_unit" {
  command = plan

run "tags_are_kept" {
  command = plan
}
