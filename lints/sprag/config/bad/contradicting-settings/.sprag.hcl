alerts {
  severities = ["warning", "critical"]
  require "HostDown" {
    severity = "page"
  }
}
drift {
  environment "prod" {
    directory    = "environments/prod"
    timeout      = "5m"
    lock_timeout = "10m"
  }
  notify "alertmanager" { url = "http://127.0.0.1:9093" }
  notify "metrics" {}
}
