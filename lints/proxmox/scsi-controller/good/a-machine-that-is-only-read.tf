data "proxmox_virtual_environment_vm" "web" {
  node_name = "pve1"
  vm_id     = 100
}
