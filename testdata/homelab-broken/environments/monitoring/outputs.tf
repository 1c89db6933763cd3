output "prometheus_url" {
  description = "URL of Prometheus."
  value       = module.monitoring.prometheus_url
}

output "alertmanager_url" {
  description = "URL of Alertmanager."
  value       = module.monitoring.alertmanager_url
}

output "ssh_public_key" {
  description = "Public key that the nodes must accept from the monitoring guest."
  value       = module.monitoring.ssh_public_key
}
