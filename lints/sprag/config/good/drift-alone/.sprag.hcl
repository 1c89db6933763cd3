drift {
  environment "prod" {
    directory = "/srv/homelab/environments/prod"
  }
  notify "metrics" {}
  metrics { directory = "/var/lib/prometheus/node-exporter" }
}
