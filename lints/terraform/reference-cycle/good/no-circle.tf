variable "names" {
  type    = list(string)
  default = []
}

locals {
  # The name of a loop is no local value.
  local = "x"
  names = [for names in var.names : names]
  a     = local.b
  b     = local.c
  c     = "c"
  also  = "${local.a}${local.b}"
  # An attribute of the same name.
  value = { value = 1 }
}

resource "terraform_data" "self" {
  input = local.a

  lifecycle {
    ignore_changes = [input]

    postcondition {
      condition     = self.output != ""
      error_message = "empty"
    }
  }

  provisioner "local-exec" {
    command = "echo ${self.id}"
  }
}

# Terraform takes no notice.
resource "terraform_data" "waits" {
  depends_on = [terraform_data.waits]
}

resource "terraform_data" "next" {
  input      = terraform_data.self.id
  depends_on = [terraform_data.self]
}

# Calls of modules may read each other's outputs, as long as each output needs other arguments.
module "a" {
  source = "./a"
  peer   = module.b.address
}

module "b" {
  source = "./b"
  peer   = module.a.name
}
