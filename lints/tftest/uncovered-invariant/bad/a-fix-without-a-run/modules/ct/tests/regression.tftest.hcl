# v0.6.0: the disk was not there
run "has_a_disk" {
  command = plan

  variables {
    size = 50
  }

  assert {
    condition     = terraform_data.disk.triggers_replace == null
    error_message = "the disk is made anew"
  }
}
