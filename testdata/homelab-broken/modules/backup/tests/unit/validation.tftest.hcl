# One wrong value per run, so that a failure says which rule is gone.

variables {
  job_id       = "nightly"
  node_address = "pve1.home.arpa"
  storage      = "nas-backup"
}

run "job_id_with_a_space" {
  command = plan

  variables {
    job_id = "nightly job"
  }

  expect_failures = [var.job_id]
}

run "reserved_vmid" {
  command = plan

  variables {
    vmids = [101, 99]
  }

  expect_failures = [var.vmids]
}

run "unknown_mode" {
  command = plan

  variables {
    mode = "freeze"
  }

  expect_failures = [var.mode]
}

run "no_daily_backup_kept" {
  command = plan

  variables {
    retention = { daily = 0, weekly = 4 }
  }

  expect_failures = [var.retention]
}

run "no_retention_at_all" {
  command = plan

  variables {
    retention = {}
  }

  expect_failures = [var.retention]
}
