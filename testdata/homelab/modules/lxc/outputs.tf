output "container_id" {
  description = "Id of the container in the cluster."
  value       = proxmox_virtual_environment_container.this.vm_id
}

output "hostname" {
  description = "Host name of the container."
  value       = var.hostname
}

output "ip_address" {
  description = "IPv4 address without prefix length; null with dhcp."
  value       = var.ip_address == "dhcp" ? null : split("/", var.ip_address)[0]
}

output "tags" {
  description = "Tags as written to Proxmox."
  value       = proxmox_virtual_environment_container.this.tags
}

output "security_updates" {
  description = "Whether the container installs security updates on its own."
  value       = local.security_updates
}
