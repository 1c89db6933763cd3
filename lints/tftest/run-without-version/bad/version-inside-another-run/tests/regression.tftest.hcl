run "mount_point_size_has_a_unit" {
  # v0.7.2
  command = plan
}

run "caller_tags_are_kept" {
  command = plan
}
