# The house policy: fields of alerts, SCSI controller, snippet datastore, ...
preset = "homelab"

regression {
  file      = "tests/regression.tftest.hcl"
  version   = "v\\d+\\.\\d+\\.\\d+"
  changelog = "CHANGELOG.md"
}

alerts {
  minimum    = 26
  severities = ["info", "warning", "critical"]
  scrape     = ["monitoring/prometheus.yml"]

  # A domain is covered when an alert reads one of its metrics.
  domains = {
    hosts      = ["node_*", "up"]
    proxmox    = ["pve_*"]
    prometheus = ["prometheus_*", "alertmanager_*"]
    backups    = ["homelab_backup_*", "pve_not_backed_up_*"]
    drift      = ["sprag_drift_*"]
    health     = ["homelab_health_*"]
    lifecycle  = ["homelab_lifecycle_*"]
  }

  # Alerts that must not go missing again.
  require "SystemdServiceFailed" {
    severity = "warning"
    for      = "5m"
  }
  require "HighLoadAverage" {
    severity = "warning"
    for      = "10m"
  }
  require "HighNetworkErrors" {
    severity = "warning"
    for      = "5m"
  }
  require "PrometheusRuleEvaluationFailures" {
    severity = "warning"
    for      = "1m"
  }
  require "NodeFilesystemAlmostOutOfInodes" {
    severity = "warning"
    for      = "5m"
  }

  catalogue "homelab" {
    file = "monitoring/textfile/homelab.prom"
  }
  catalogue "sprag-drift" {
    file = "monitoring/textfile/sprag_drift.prom"
  }
}

drift {
  environment "prod" {
    directory      = "environments/prod"
    backend_config = ["../shared/backend.hcl"]
    schedule       = "*-*-* 06:00:00"
    timeout        = "5m"
    reach          = ["ssh://root@pve1.home.arpa", "https://pve1.home.arpa:8006", "tcp://192.168.10.5:9000"]
  }

  environment "lab" {
    directory      = "environments/lab"
    backend_config = ["../shared/backend.hcl"]
    schedule       = "*-*-* 06:20:00"
    timeout        = "5m"
    reach          = ["https://pve1.home.arpa:8006", "tcp://192.168.10.5:9000"]

    ignore {
      resource  = "module.k3s*.proxmox_virtual_environment_vm.*"
      attribute = "started"
      reason    = "the lab is switched off by hand at night"
    }
  }

  environment "monitoring" {
    directory      = "environments/monitoring"
    backend_config = ["../shared/backend.hcl"]
    schedule       = "*-*-* 06:40:00"
    timeout        = "5m"
    reach          = ["https://pve1.home.arpa:8006", "tcp://192.168.10.5:9000"]
  }

  # monitoring/rules/drift.yml alerts on these metrics.
  notify "metrics" {}

  metrics {
    directory = "/var/lib/prometheus/node-exporter"
  }

  history {
    keep = "90d"
  }
}
