# v1: without its unit the size recreates the container
run "mount_point_size_has_a_unit" {
  command = plan
}

# 0.7.2: the caller's tags were dropped
run "caller_tags_are_kept" {
  command = plan
}
