output "name" {
  description = "Its name."
  value       = "vm"
}
