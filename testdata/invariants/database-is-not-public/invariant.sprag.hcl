call_invariant "**/modules/database" "database-is-not-public" {
  summary  = "whoever calls the module names who may connect"
  fixed_in = "v2.1.0"

  enforce {
    condition     = !contains(attrs.allowed_ranges, "0.0.0.0/0")
    error_message = "anybody may connect to `${attrs.name}`"
  }
}
