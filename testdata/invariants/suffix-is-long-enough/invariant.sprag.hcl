resource_invariant "random_string" "suffix-is-long-enough" {
  summary   = "no caller can ask for names that collide"
  fixed_in  = "v2.3.0"
  guarantee = "module"

  enforce {
    condition     = attrs.length >= 8
    error_message = "a suffix can be as short as ${attrs.length}"
  }
}
