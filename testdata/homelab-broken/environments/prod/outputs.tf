output "addresses" {
  description = "IPv4 address by guest."
  value = {
    dns   = module.dns.ip_address
    git   = module.git.ip_address
    minio = module.minio.ip_address
  }
}

output "minio_endpoint_url" {
  description = "URL of the object store, for environments/shared/backend.hcl."
  value       = module.minio.endpoint_url
}
