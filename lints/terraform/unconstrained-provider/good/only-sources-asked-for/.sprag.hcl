lint {
  inputs = { "terraform/unconstrained-provider" = { version = false } }
}
