lint {
  inputs = { "terraform/unconventional-name" = { pattern = "^[a-z-]+$" } }
}
