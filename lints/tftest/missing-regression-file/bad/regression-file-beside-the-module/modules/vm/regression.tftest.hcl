run "disk_size" {
  command = plan
}
