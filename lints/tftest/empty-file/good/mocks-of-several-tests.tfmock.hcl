mock_resource "proxmox_virtual_environment_vm" {
  defaults = {
    vm_id = 100
  }
}
