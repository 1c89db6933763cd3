# v0.6.0: it could not be switched off
run "can_be_off" {
  command = plan

  variables {
    enabled = false
  }

  assert {
    condition     = !var.enabled
    error_message = "it is on"
  }
}
