output "container_id" {
  value = 205
}

output "ip_address" {
  value = "192.168.10.5"
}

output "endpoint_url" {
  value = "http://192.168.10.5:9000"
}

output "console_url" {
  value = null
}
