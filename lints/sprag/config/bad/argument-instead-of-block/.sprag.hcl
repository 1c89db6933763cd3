alerts = {
  minimum = 26
}
