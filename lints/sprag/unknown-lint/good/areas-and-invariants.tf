# sprag: ignore-file[terraform, invariant/no-public-ip, tftest/empty-file] generated
locals {
  a = 1 # tflint-ignore: aws_instance_invalid_type, terraform_nonsense
}
