variable "name" {
  type = string
}

output "url" {
  value = "https://${var.name}"

  precondition {
    condition     = startswith("https://${var.name}", "http://")
    error_message = "Not a URL."
  }
}

check "name" {
  assert {
    condition     = length("x-${var.name}") < 2
    error_message = "Too long."
  }
}
