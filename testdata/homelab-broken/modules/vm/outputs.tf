output "vm_id" {
  description = "Id of the guest in the cluster."
  value       = proxmox_virtual_environment_vm.this.vm_id
}

output "name" {
  description = "Name of the guest."
  value       = proxmox_virtual_environment_vm.this.name
}

output "ip_address" {
  description = "IPv4 address without prefix length; null with dhcp."
  value       = var.ip_address == "dhcp" ? null : split("/", var.ip_address)[0]
}

output "tags" {
  description = "Tags as written to Proxmox."
  value       = proxmox_virtual_environment_vm.this.tags
}
