# --- tags ---

# v0.7.2
run "caller_tags_are_kept" {
  command = plan
}
