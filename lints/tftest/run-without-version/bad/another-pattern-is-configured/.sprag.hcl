regression {
  version = "BUG-\\d+"
}
