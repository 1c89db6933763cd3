# --- v0.7.2 ---

run "mount_point_size_has_a_unit" {
  command = plan
}

# --- later ---

run "caller_tags_are_kept" {
  command = plan
}
