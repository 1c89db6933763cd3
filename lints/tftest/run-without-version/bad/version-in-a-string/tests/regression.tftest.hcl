run "mount_point_size_has_a_unit" {
  command = plan

  assert {
    condition     = output.size == "50G"
    error_message = "no unit, as before v0.7.2"
  }
}
