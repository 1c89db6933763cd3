alerts {
  exporter "node-exporter" {
    version = "1.5.0"
  }
}
