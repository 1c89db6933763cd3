data_invariant "http" "downloads-are-encrypted" {
  summary  = "what is downloaded is downloaded over TLS"
  fixed_in = "v1.3.0"

  enforce {
    condition     = startswith(lower(attrs.url), "https://")
    error_message = "`${attrs.url}` is not encrypted"
  }
}
