data "aws_region" "current" {
  lifecycle {
    postcondition {
      condition     = self.name == "eu-central-1"
      error_message = "this belongs to Frankfurt"
    }
  }
}
