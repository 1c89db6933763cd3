alerts {
  minimum = 26
}
alerts {
  require "HostDown" {}
  require "HostDown" {}
}
