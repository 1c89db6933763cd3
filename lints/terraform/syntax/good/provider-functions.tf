locals {
  encoded = provider::terraform::encode_tfvars({ name = "web" })
  listed  = provider::example::list(var.list...)
}
