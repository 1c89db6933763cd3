job "web" {
  type = "service"
}
