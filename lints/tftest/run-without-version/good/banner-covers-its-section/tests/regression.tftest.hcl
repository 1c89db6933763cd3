# ---------------------------------------------------------------------------
# v0.7.2: tags and mount points
# ---------------------------------------------------------------------------

run "mount_point_size_has_a_unit" {
  command = plan
}

# a comment without version, which is no banner
run "caller_tags_are_kept" {
  command = plan
}

variables {
  size_gb = 50
}

run "tags_are_distinct" {
  command = plan
}
