action "aws_lambda_invoke" "x" {
  config {
    function_name = aws_lambda_function.f.name
  }
}
resource "aws_lambda_function" "f" {
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.aws_lambda_invoke.x]
    }
  }
}
list "aws_instance" "all" {
  provider = aws
}
ephemeral "random_password" "p" {
  length = 10
}
variable "c" {
  type       = string
  const      = true
  deprecated = "x"
  default    = "a"
}
locals {
  s = convert(["a"], set(string))
  t = provider::time::rfc3339_parse("x")
  p = ephemeral.random_password.p.result
}
module "x" {
  source   = "./${var.c}"
  anything = 1
}
