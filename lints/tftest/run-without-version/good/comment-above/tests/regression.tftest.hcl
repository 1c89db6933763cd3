# v0.7.2: without its unit the size recreates the container
run "mount_point_size_has_a_unit" {
  command = plan
}
