lint {
  inputs = { "terraform/unconventional-name" = { format = "mixed_snake_case" } }
}
