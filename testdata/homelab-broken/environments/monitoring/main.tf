# The guest that watches the others. It also runs `sprag drift` for all three environments.

resource "proxmox_virtual_environment_download_file" "debian_image" {
  node_name    = var.node_name
  datastore_id = "local"
  content_type = "import"
  url          = var.image_url
}

module "monitoring" {
  source = "../../modules/monitoring-stack"

  vm_id           = 104
  node_name       = var.node_name
  image_file_id   = proxmox_virtual_environment_download_file.debian_image.id
  ip_address      = "192.168.10.4/24"
  gateway         = var.gateway
  ssh_public_keys = var.ssh_public_keys
  repository_url  = var.repository_url
  tags            = ["critical", "prod"]

  # Shown in the Proxmox UI: whoever finds the guest broken finds the way back.
  description = <<-EOT
    ## Rebuild

    Metrics are lost, everything else is code:

        cd environments/monitoring
        terraform apply -replace='module.monitoring.proxmox_virtual_environment_vm.this'

    The guest is this block of `main.tf`:

        module "monitoring" {
          source = "../../modules/monitoring-stack"
          tags   = ["prod", "critical"]
        }
  EOT
}

module "backup" {
  source = "../../modules/backup"

  job_id       = "monitoring-nightly"
  node_address = var.node_address
  storage      = "nas-backup"
  schedule     = "03:30"
  vmids        = [module.monitoring.vm_id]
  retention    = { daily = 7 }
}
