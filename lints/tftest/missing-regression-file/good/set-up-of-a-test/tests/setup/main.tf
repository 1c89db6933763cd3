output "disk_gb" {
  value = 50
}
