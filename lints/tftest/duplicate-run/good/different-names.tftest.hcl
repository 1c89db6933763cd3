run "size_has_a_unit" {}

run "size_has_a_unit_too" {}
