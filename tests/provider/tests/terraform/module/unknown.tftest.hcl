run "unknown" {
  command = plan
  assert {
    condition     = proxmox_virtual_environment_vm.db.disk[0].size == 8
    error_message = "never reached: the size is unknown"
  }
}
