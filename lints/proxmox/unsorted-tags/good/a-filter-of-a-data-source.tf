data "proxmox_virtual_environment_vms" "web" {
  tags = ["web", "prod"]
}
