output "is_web" {
  value = var.name = "web"
}
