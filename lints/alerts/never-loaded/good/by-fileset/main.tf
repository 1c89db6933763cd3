locals {
  rules = fileset(path.module, "**/*.yml")
}
