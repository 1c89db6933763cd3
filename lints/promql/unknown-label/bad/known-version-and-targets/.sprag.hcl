alerts {
  scrape = ["prometheus.yml"]
  exporter "node-exporter" {
    version = "1.5.0"
  }
}
