resource "example_volume" "store" {
  mount_point {
    size = "50"
  }
}
