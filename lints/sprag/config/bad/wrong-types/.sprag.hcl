preset = true
lint {
  severity = ["error"]
}
alerts {
  minimum = "26"
  domains = { hosts = "node_*" }
}
