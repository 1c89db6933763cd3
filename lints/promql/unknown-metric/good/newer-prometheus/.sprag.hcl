alerts {
  prometheus = "3.9"
}
