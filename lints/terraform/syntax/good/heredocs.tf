locals {
  plain = <<EOT
"quotes", # no comment, } and \d+ are text
EOT

  flush = <<-EOT
    ${var.name}: ${join(",", [for x in var.list : "${x}"])}
    %{ if var.prod ~}
    prod
    %{ else ~}
    lab
    %{ endif ~}
    %{ for x in var.list }${x}%{ endfor }
    $${not} %%{ a directive }
  EOT

  empty = <<EOT
EOT

  encoded = jsondecode(<<-JSON
    { "EOT": [1, 2] }
  JSON
  )

  list = [<<-ONE
    one
  ONE
    , <<-TWO
    two
  TWO
  ]
}
