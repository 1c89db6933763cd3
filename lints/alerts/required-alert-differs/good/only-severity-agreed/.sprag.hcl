alerts {
  require "HighLoadAverage" {
    severity = "warning"
  }
}
