output "console_url" {
  value = "http://192.168.10.5:9001"
}
