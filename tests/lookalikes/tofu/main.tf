output "y" {
  value = var.z
}
