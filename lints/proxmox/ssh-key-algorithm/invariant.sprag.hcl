resource_invariant "tls_private_key" "ssh-key-algorithm" {
  summary  = "SSH keys are ED25519"
  fixed_in = "v0.9.0"
  help     = "write `algorithm = \"ED25519\"`; the key is replaced by the next apply"
  # A key whose OpenSSH form is read is one for SSH; others may be for certificates.
  filter = contains(meta.used, "public_key_openssh") || contains(meta.used, "private_key_openssh")

  enforce {
    condition     = attrs.algorithm == "ED25519"
    error_message = "SSH key `${meta.name}` uses ${attrs.algorithm} instead of ED25519"
  }
}
