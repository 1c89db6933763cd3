alerts {
  minimum    = var.minimum
  severities = concat(["info"], ["warning"])
  scrape     = ["${path.module}/prometheus.yml"]
}
