# v0.7.2
# The size of a mount point had no unit.
# Every apply recreated the container.
run "mount_point_size_has_a_unit" {
  command = plan
}
