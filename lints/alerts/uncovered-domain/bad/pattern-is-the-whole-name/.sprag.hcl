alerts {
  domains = { hosts = ["up"] }
}
