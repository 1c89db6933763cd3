lint {
  ignore = ["alerts/missing-fro", "missing-summary", "prometheus"]
}
