alerts {
  exporter "node-exporter" {
    version = "1.99.0"
  }
}
