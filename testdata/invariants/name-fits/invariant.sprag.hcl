module_invariant "**/modules/naming" "name-fits" {
  summary  = "a host name has 15 characters at most, as NetBIOS wants it"
  fixed_in = "v2.0.0"

  given {
    environment = "production"
    role        = "database"
  }

  enforce {
    condition     = length(output.hostname) <= 15
    error_message = "`${output.hostname}` has ${length(output.hostname)} characters"
  }
}
