lint {
  inputs = { "terraform/unpinned-module-source" = { branches = ["trunk"] } }
}
