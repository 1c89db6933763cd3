resource "terraform_data" "x" {
  lifecycle {
    enabled = true
    destroy = false
  }
}
