# The house policy of a homelab on Proxmox: `preset = "homelab"` puts it below a configuration.
# Copy it into `.sprag.hcl` to change what a setting of your own cannot.

lint {
  enable = [
    "alerts/missing-description",
    "alerts/missing-for",
    "alerts/missing-required-alert",
    "alerts/missing-severity",
    "alerts/missing-summary",
    "alerts/required-alert-differs",
    "alerts/too-few-alerts",
    "alerts/uncovered-domain",
    "alerts/unknown-severity",
    "proxmox/description-default",
    "proxmox/disabled-backup",
    "proxmox/empty-vmids",
    "proxmox/minio-outputs",
    "proxmox/retention-format",
    "proxmox/scsi-controller",
    "proxmox/security-updates-unconditional",
    "proxmox/snippet-datastore",
    "proxmox/ssh-key-algorithm",
    "tftest/missing-regression-file",
    "tftest/uncovered-invariant",
  ]

  severity = {
    "proxmox/unsorted-tags" = "warning"
  }

  inputs = {
    "proxmox/snippet-datastore" = { datastore = "local" }
  }
}

# Every module keeps the tests of its fixed bugs in this file, each run under a comment that names the version.
regression {
  file      = "tests/regression.tftest.hcl"
  version   = "v\\d+\\.\\d+(\\.\\d+)?"
  changelog = "CHANGELOG.md"
}

alerts {
  minimum    = 26
  severities = ["info", "warning", "critical"]

  domains = {
    hosts      = ["node_*", "up"]
    proxmox    = ["pve_*"]
    prometheus = ["prometheus_*", "alertmanager_*"]
    backups    = ["*backup*", "pve_not_backed_up_*"]
    drift      = ["*drift*"]
    health     = ["*health*", "probe_*"]
    lifecycle  = ["*lifecycle*"]
  }

  # A unit has failed.
  require "SystemdServiceFailed" {
    severity = "warning"
    for      = "5m"
  }
  # The load of 15 minutes is above twice the number of CPUs.
  require "HighLoadAverage" {
    severity = "warning"
    for      = "10m"
  }
  # An interface has more than 10 receive and transmit errors a second.
  require "HighNetworkErrors" {
    severity = "warning"
    for      = "5m"
  }
  # At least one evaluation failed within 5 minutes: the time is part of the expression, any `for` is right.
  require "PrometheusRuleEvaluationFailures" {
    severity = "warning"
  }
  # More than 90 % of the inodes are in use.
  require "NodeFilesystemAlmostOutOfInodes" {
    severity = "warning"
    for      = "5m"
  }
}
