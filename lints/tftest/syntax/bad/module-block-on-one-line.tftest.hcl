run "set_up" { module { source = "./tests/setup" } }
