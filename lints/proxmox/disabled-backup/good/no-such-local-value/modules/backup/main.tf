variable "enabled" {
  type    = bool
  default = true
}

output "command" {
  value = "pvesh create /cluster/backup"
}
