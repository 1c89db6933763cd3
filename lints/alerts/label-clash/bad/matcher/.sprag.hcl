alerts {
  scrape = ["prometheus.yml"]
}
