locals {
  port = 8006
}

resource "terraform_data" "api" {
  input = local.port

  lifecycle {
    precondition {
      condition     = local.port < 1024
      error_message = "The API needs a privileged port."
    }
  }
}
