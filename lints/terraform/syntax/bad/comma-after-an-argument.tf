locals {
  name = "web",
  size = 50
}
