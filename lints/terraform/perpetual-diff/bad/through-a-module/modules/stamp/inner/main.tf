output "at" {
  description = "When it was applied last."
  value       = core::timestamp()
}
