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

output "root_password" {
  description = "Password of the user `admin`."
  value       = random_password.root.result
  sensitive   = true
}
