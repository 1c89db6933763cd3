module_invariant "**/modules/lxc" "description-default" {
  summary  = "a container without a description of its own says who manages it"
  fixed_in = "v0.7.2"
  help     = "write `default = \"Managed by Terraform\"`"

  enforce {
    condition     = variable.description.default == "Managed by Terraform"
    error_message = "the default of `description` is not \"Managed by Terraform\""
  }
}
