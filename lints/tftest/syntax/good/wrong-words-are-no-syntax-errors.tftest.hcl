rum "size_has_a_unit" {
  comand = "plan"
}

run "same_name" {}

run "same_name" {}
