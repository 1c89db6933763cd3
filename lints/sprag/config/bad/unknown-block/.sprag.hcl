alert {
  minimum = 26
}
