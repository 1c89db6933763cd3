resource "proxmox_virtual_environment_vm" "web" {
  node_name     = "pve"
  scsi_hardware = "lsi"

  clone {
    vm_id = 9000
  }
}
