output "k3s_addresses" {
  description = "IPv4 address by node of the k3s cluster."
  value       = { for name, node in module.k3s : name => node.ip_address }

output "sandbox_id" {
  description = "Id of the sandbox in the cluster."
  value       = module.sandbox.container_id
}
