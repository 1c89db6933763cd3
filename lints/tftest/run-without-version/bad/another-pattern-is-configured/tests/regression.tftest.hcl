# v0.7.2
run "mount_point_size_has_a_unit" {
  command = plan
}
