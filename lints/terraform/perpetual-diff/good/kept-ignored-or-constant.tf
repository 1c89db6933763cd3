resource "time_static" "created" {}

resource "proxmox_virtual_environment_vm" "web" {
  node_name   = "pve"
  description = "created ${time_static.created.rfc3339}"
}

resource "proxmox_virtual_environment_vm" "ignored" {
  node_name   = "pve"
  description = "created ${timestamp()}"

  lifecycle {
    ignore_changes = [description]
  }
}

resource "terraform_data" "always" {
  triggers_replace = timestamp()
}

resource "terraform_data" "constant" {
  input = length(timestamp()) > 0 ? "a" : "b"
}

resource "terraform_data" "yearly" {
  input = formatdate("YYYY", timestamp())
}

output "now" {
  value = timestamp()
}
