## Bugs that were fixed until v0.7.2 -- one run each

mock_provider "proxmox" {}

run "mount_point_size_has_a_unit" {
  command = plan
}
