module_invariant "**/modules/backups" "named" {
  enforce {
    condition     = output.name != ""
    error_message = "the backup has no name"
  }
}
