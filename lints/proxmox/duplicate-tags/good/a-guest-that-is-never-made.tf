resource "proxmox_virtual_environment_vm" "never" {
  count = 0
  tags  = ["a", "a"]
}
