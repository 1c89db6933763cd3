lint {
  exclude = ["../other/**"]
}
regression {
  version = "v(\\d+"
}
