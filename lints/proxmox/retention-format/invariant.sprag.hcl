module_invariant "**/modules/backup" "retention-format" {
  summary  = "the job says how many backups to keep in Proxmox' words"
  fixed_in = "v0.7.0"
  help     = "write `--prune-backups keep-daily=7,keep-weekly=4`"

  given {
    enabled   = true
    retention = { daily = 7 }
  }

  enforce {
    condition     = can(regex("--prune-backups keep-daily=7( |$)", local.create_command))
    error_message = "the command does not ask for `--prune-backups keep-daily=7` where seven daily backups are wanted"
  }
}
