locals {
  2nd_disk = true
}
