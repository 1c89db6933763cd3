resource "proxmox_virtual_environment_vm" "web" {
  node_name   = "pve"
  description = "created ${timestamp()}"
}
