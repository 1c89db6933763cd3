# v0.7.2: Proxmox before v8.2 read the size differently
run "size_has_a_unit" {
  command = plan
}
