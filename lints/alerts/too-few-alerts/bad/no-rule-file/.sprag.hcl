alerts {
  minimum = 1
}
