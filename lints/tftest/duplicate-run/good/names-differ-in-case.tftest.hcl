run "size" {}

run "Size" {}
