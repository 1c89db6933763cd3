# Bugs that were fixed once, each with the version of its fix (see CHANGELOG.md).
# The module needs no provider, and a plan runs no provisioner.

variables {
  job_id       = "nightly"
  node_address = "pve1.home.arpa"
  storage      = "nas-backup"
}

# v0.7.0: the retention was given as `--maxfiles`, which Proxmox VE has replaced by `--prune-backups`.
run "retention_format" {
  command = plan

  assert {
    condition     = strcontains(output.create_command, "--prune-backups keep-daily=7,keep-weekly=4 ")
    error_message = "the retention must be given as --prune-backups: ${output.create_command}"
  }
}

# v0.7.0: the retention was no trigger, so a new one never reached Proxmox.
run "retention_triggers_replacement" {
  command = plan

  variables {
    retention = { daily = 14, monthly = 6 }
  }

  assert {
    condition     = terraform_data.job.triggers_replace.prune_backups == "keep-daily=14,keep-monthly=6"
    error_message = "a new retention must replace the job"
  }
}

# v0.7.0: an empty list became the text "[]", which Proxmox took for a guest id.
run "no_vmids_give_an_empty_string" {
  command = plan

  variables {
    vmids = []
  }

  assert {
    condition     = output.vmids == ""
    error_message = "no guest ids must give an empty string"
  }

  assert {
    condition     = endswith(output.create_command, " --all 1")
    error_message = "without guest ids the job must take every guest"
  }
}

# v0.7.0: a disabled job was created all the same.
run "disabled_job_is_not_created" {
  command = plan

  variables {
    enabled = false
  }

  assert {
    condition     = !strcontains(output.create_command, "pvesh create")
    error_message = "a disabled job must not be created: ${output.create_command}"
  }

  assert {
    condition     = terraform_data.job.input.delete_command == "true"
    error_message = "there is nothing to delete for a disabled job"
  }
}
