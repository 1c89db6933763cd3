alerts {
  require "SystemdServiceFailed" {}
}
