mock_resource "proxmox_virtual_environment_vm" {}
