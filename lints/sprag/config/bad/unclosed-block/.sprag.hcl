alerts {
  minimum = 26
