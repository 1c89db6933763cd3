# v0.1.3: RSA keys are refused
run "key" {
  command = plan

  assert {
    condition     = tls_private_key.ssh.algorithm == "ED25519"
    error_message = "another key"
  }
}
