output "address" {
  description = "where it listens"
  value       = 1
}
