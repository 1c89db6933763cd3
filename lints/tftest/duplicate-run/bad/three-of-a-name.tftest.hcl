run "size_has_a_unit" {}

run "tags_are_kept" {}

run "size_has_a_unit" {}

run "size_has_a_unit" {}
