variable "on" {
  type    = bool
  default = true
}
resource "terraform_data" "t" {
  count = var.on ? 1 : 0
}
data "terraform_remote_state" "s" {
  count   = var.on ? 1 : 0
  backend = "local"
}
output "t" {
  value = var.on ? terraform_data.t[0].id : null
}
output "u" {
  value = try(terraform_data.t[0].output.whatever.deep, "")
}
output "v" {
  value = join("", terraform_data.t.*.id)
}
output "w" {
  value = data.terraform_remote_state.s[0].outputs.anything["x"].y
}
output "x" {
  value = length(terraform_data.t) > 0 ? element(terraform_data.t, 0).id : null
}
output "y" {
  value = length(data.terraform_remote_state.s)
}
