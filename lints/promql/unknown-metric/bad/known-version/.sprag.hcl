alerts {
  exporter "prometheus" {
    version = "2.42.0"
  }
}
