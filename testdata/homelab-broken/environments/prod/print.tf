# Made by hand in a hurry, before there was a module for containers.

resource "proxmox_virtual_environment_container" "print" {
  vm_id       = 230
  node_name   = var.node_name
  description = "Managed by Terraform"
  tags        = ["prod", "print", "prod"]

  operating_system {
    template_file_id = proxmox_virtual_environment_download_file.debian_template.id
    type             = "debian"
  }

  initialization {
    hostname = "print"
  }
}
