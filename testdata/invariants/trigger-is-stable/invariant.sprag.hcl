resource_invariant "terraform_data" "trigger-is-stable" {
  summary  = "a resource is replaced when something changed, not at every apply"
  fixed_in = "v1.2.0"
  severity = "warning"

  enforce {
    condition     = stable(attrs.triggers_replace)
    error_message = "the trigger is another one at every plan"
  }
}
