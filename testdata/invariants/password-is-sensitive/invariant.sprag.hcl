module_invariant "**/modules/database" "password-is-sensitive" {
  summary = "the password is in no plan, and in no file either"

  enforce {
    condition     = variable.password.sensitive
    error_message = "the plan shows the password"
  }

  enforce {
    condition     = !variable.password.has_default
    error_message = "a password that everybody knows"
  }
}
