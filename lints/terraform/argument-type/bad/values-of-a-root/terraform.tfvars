cores = "two"
disks = {
  data = { size = 8 }
}
