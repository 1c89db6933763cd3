lint {
  inputs = { "terraform/unconstrained-provider" = { source = false } }
}
