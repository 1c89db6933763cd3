locals {
  name =
  size = 50
}
