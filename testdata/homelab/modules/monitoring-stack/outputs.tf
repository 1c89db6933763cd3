output "vm_id" {
  description = "Id of the guest in the cluster."
  value       = proxmox_virtual_environment_vm.this.vm_id
}

output "prometheus_url" {
  description = "URL of Prometheus."
  value       = "http://${split("/", var.ip_address)[0]}:9090"
}

output "alertmanager_url" {
  description = "URL of Alertmanager."
  value       = "http://${split("/", var.ip_address)[0]}:9093"
}

output "ssh_public_key" {
  description = "Public key that the nodes must accept from the guest."
  value       = trimspace(tls_private_key.ssh.public_key_openssh)
}

output "ssh_private_key" {
  description = "Private key of the guest, to be copied there once."
  value       = tls_private_key.ssh.private_key_openssh
  sensitive   = true
}
