resource "proxmox_cloned_vm" "web" {
  disk = {
    scsi0 = {
      iothread = true
    }
  }
}
