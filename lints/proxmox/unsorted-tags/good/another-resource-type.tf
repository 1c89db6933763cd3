resource "example_guest" "web" {
  tags = ["web", "prod"]
}
