drift {
  environment "prod" {
    directory = "prod"
  }
  metrics { directory = "/var/lib/prometheus/node-exporter" }
}
