alerts {
  require "SystemdServiceFailed" {
    severity = "warning"
    for      = "5m"
  }
}
