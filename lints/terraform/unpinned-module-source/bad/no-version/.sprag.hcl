lint {
  inputs = { "terraform/unpinned-module-source" = { style = "semver" } }
}
