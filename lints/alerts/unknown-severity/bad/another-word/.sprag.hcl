alerts {
  severities = ["info", "warning", "critical"]
}
