alerts {
  severities = ["page", "ticket"]
}
