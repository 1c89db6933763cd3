run "v0_7_2_mount_point_size" {
  command = plan
}
