lint {
  inputs = { "terraform/unconventional-name" = { pattern = "^tf_" } }
}
