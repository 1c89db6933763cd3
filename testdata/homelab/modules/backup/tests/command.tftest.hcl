# The command, part by part.

variables {
  job_id       = "nightly"
  node_address = "pve1.home.arpa"
  storage      = "nas-backup"
}

run "chosen_guests" {
  command = plan

  variables {
    vmids = [101, 210]
  }

  assert {
    condition     = endswith(output.create_command, " --vmid 101,210")
    error_message = "the job must name its guests"
  }
}

run "every_period" {
  command = plan

  variables {
    retention = { last = 3, daily = 7, weekly = 4, monthly = 6 }
  }

  assert {
    condition     = output.prune_backups == "keep-last=3,keep-daily=7,keep-weekly=4,keep-monthly=6"
    error_message = "every period must be there, in Proxmox' order"
  }
}

run "braces_are_left_to_proxmox" {
  command = plan

  assert {
    condition     = strcontains(output.create_command, "--notes-template '{{guestname}} on {{node}}'")
    error_message = "the template must reach Proxmox unchanged and quoted"
  }
}

run "job_is_deleted_by_its_id" {
  command = plan

  assert {
    condition     = terraform_data.job.input.delete_command == "pvesh delete /cluster/backup/nightly"
    error_message = "the job must be removed when it is replaced"
  }
}
