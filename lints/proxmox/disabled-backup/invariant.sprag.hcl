module_invariant "**/modules/backup" "disabled-backup" {
  summary  = "a disabled job is not created"
  fixed_in = "v0.7.0"
  help     = "choose the command by `var.enabled`"

  given {
    enabled = false
  }

  enforce {
    condition     = !strcontains(local.create_command, "pvesh create")
    error_message = "the command creates a job that is disabled"
  }
}
