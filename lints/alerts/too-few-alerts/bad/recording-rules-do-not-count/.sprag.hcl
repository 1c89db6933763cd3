alerts {
  minimum = 2
}
