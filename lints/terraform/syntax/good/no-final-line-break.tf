locals {
  name = "web"
}