# v0.7.0: right name, another version
run "size" {
  command = plan

  assert {
    condition     = terraform_data.disk.input == "50G"
    error_message = "the size has no unit"
  }
}

# v0.9.0: right version, and nothing about the name
run "id" {
  command = plan

  assert {
    condition     = terraform_data.disk.id != ""
    error_message = "no id"
  }
}
