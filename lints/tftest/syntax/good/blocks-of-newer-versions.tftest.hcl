test {
  parallel = true
}

variable "size" {
  type = number
}

run "size_has_a_unit" {
  command      = plan
  parallel     = true
  state_key    = "size"
  skip_cleanup = true

  backend "local" {}
}
