alerts {
  require "HighLoadAverage" {
    severity = "warning"
    for      = "10m"
  }
}
