# v0.7.2: without its unit the size recreates the container
variables {
  size_gb = 50
}

run "mount_point_size_has_a_unit" {
  command = plan
}
