variable "x" {}
output "y" {
  value = "1"
  precondition {
    condition     = var.x != ""
    error_message = "Oh no."
  }
}
