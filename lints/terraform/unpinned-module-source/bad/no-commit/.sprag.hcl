lint {
  inputs = { "terraform/unpinned-module-source" = { style = "sha" } }
}
