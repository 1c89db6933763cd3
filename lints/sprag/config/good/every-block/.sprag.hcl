preset  = "homelab"
schemas = ["schemas.json"]
lint {
  exclude  = ["**/.terraform/**"]
  ignore   = ["alerts/missing-description"]
  severity = { "alerts/missing-for" = "error" }
  baseline = ".sprag-baseline.json"
}
terraform { version = "1.9" }
regression {
  file      = "tests/regression.tftest.hcl"
  version   = "v\\d+\\.\\d+(\\.\\d+)?"
  changelog = "CHANGELOG.md"
}
override {
  paths  = ["legacy/**"]
  ignore = ["alerts"]
}
alerts {
  minimum    = 26
  severities = ["info", "warning", "critical"]
  domains    = { hosts = ["node_*", "up"], proxmox = ["pve_*"] }
  require "SystemdServiceFailed" {
    severity = "warning"
    for      = "5m"
  }
  scrape = ["monitoring/prometheus.yml"]
  exporter "node-exporter" {
    version    = "1.8.2"
    collectors = ["systemd"]
  }
  catalogue "my-exporter" { file = "metrics/my-exporter.prom" }
}
drift {
  environment "prod" {
    directory      = "environments/prod"
    schedule       = "*-*-* 06:00:00"
    interval       = "24h"
    timeout        = "5m"
    reach          = ["ssh://root@pve-prod", "https://pve-prod:8006", "tcp://minio:9000"]
    var_files      = ["prod.tfvars"]
    backend_config = ["bucket=states"]
    env_files      = ["/etc/sprag/prod.env"]
    binary         = "tofu"
    workspace      = "prod"
    lock           = true
    lock_timeout   = "1m"
    update         = "ff-only"
    ignore {
      resource  = "proxmox_virtual_environment_vm.*"
      attribute = "tags"
      reason    = "provider sorts"
      until     = "2099-12-31"
    }
  }
  notify "alertmanager" {
    url             = "https://alertmanager.home.arpa"
    ca              = "/etc/sprag/ca.pem"
    basic_auth_file = "/etc/sprag/alertmanager"
  }
  history {
    keep = "90d"
    path = "/var/lib/sprag/history.db"
  }
  metrics {
    directory     = "/var/lib/prometheus/node-exporter"
    compatibility = "pve_drift"
  }
  report { directory = "/var/www/drift" }
  inventory "proxmox" {
    endpoint   = "https://pve-prod:8006"
    token_file = "/etc/sprag/token"
    ca         = "/etc/sprag/ca.pem"
    ignore {
      name   = "scratch-*"
      reason = "made by hand, thrown away by hand"
    }
  }
}
