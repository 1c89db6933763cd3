lint {
  ingore   = ["alerts/missing-for"]
  severity = { "alerts/missing-sumary" = "error" }
}
alerts {
  minimun    = 26
  severities = "warning"
  require "HighLoadAverage" {
    severity = warning
    for      = "10 minutes"
  }
}
