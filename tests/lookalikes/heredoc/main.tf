locals {
  n = ["a"]
  t = <<-EOT
    %{for each in local.n~}
    ${each} $${literal} %%{ literal }
    %{endfor~}
  EOT
}
output "t" {
  value = local.t
}
