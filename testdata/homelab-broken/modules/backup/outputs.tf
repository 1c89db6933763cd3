output "create_command" {
  description = "Command that creates the job, for the log and the tests."
  value       = terraform_data.job.triggers_replace.create_command
}

output "vmids" {
  description = "Guests as Proxmox wants them: separated by commas, empty for all."
  value       = terraform_data.job.triggers_replace.vmids
}
