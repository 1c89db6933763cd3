output "container_id" {
  description = "Id of the container in the cluster."
  value       = proxmox_virtual_environment_container.this.vm_id
}

output "ip_address" {
  description = "IPv4 address without prefix length."
  value       = local.address
}

output "endpoint_url" {
  description = "URL of the S3 API, for `endpoints = { s3 = ... }` of a backend."
  value       = "http://${local.address}:${var.api_port}"
}

output "console_url" {
  description = "URL of the web console; null when it is switched off."
  value       = var.browser ? "http://${local.address}:${var.console_port}" : null
}

output "root_password" {
  description = "Password of the user `admin`."
  value       = random_password.root.result
  sensitive   = true
}
