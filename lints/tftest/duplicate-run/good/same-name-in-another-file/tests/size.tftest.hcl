run "defaults" {}
