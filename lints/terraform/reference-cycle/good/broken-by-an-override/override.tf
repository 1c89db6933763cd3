locals {
  second = 1
}
