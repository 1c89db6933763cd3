override {
  paths    = ["legacy/**"]
  severity = { "alerts/missing-for" = "note" }
}
override {
  paths  = ["vendor"]
  ignore = ["alerts", "promql/syntax"]
}
