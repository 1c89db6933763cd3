resource "example_guest" "web" {
  tags = ["web", "web"]
}
