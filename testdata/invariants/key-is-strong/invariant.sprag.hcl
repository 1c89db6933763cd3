resource_invariant "tls_private_key" "key-is-strong" {
  summary  = "an RSA key has 4096 bits"
  fixed_in = "v1.1.0"
  filter   = attrs.algorithm == "RSA"

  enforce {
    condition     = attrs.rsa_bits >= 4096
    error_message = "a key of ${attrs.rsa_bits} bits"
  }
}
