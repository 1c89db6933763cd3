alerts {
  require "HighLoadAverage" {}
}
