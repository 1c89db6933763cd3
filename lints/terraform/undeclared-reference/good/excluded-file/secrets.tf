locals {
  token = "x"
}
