lint {
  inputs = { "terraform/missing-module-version" = { exact = true } }
}
