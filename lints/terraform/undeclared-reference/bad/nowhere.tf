variable "name" {
  type = string

  validation {
    condition     = length(var.nam) > 1
    error_message = "too short"
  }
}

locals {
  prefix  = "web"
  bare    = prefix
  word    = hello
  plain   = local.prefixx
  crossed = local.name
  also    = var.prefix
  folder  = path.modul
  guarded = try(var.missing, null)
  nested  = [for key, value in { a = 1 } : "${key}${valu}"]
  index   = each.key
  typo    = vars.name
  data    = data.terraform_remote_state.net.outputs
  module  = module.network.id
}

module "many" {
  source = "./many"
  count  = 2
}

output "many" {
  value = module.many.id
}

output "self" {
  value = self.id
}

resource "terraform_data" "one" {
  input = count.index

  lifecycle {
    precondition {
      condition     = self.id != ""
      error_message = "no id"
    }
  }
}

resource "terraform_data" "two" {
  for_each   = toset(["a"])
  input      = count.index
  depends_on = [terraform_data.none]
}

output "ids" {
  value = [
    terraform_data.one[0].id,
    terraform_data.one["id"],
    terraform_data.two.id,
    terraform_data.two["a"].identifier,
    terraform_data.one.outputs,
    ephemeral.random_password.x.result,
  ]
}
