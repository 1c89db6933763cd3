run "mount_point_size_has_a_unit" {
  command = plan
}
