# What the household relies on: name service, Git, object storage, and their backup.

resource "proxmox_virtual_environment_download_file" "debian_template" {
  node_name    = var.node_name
  datastore_id = "local"
  content_type = "vztmpl"
  url          = var.debian_template_url
}

resource "proxmox_virtual_environment_download_file" "debian_image" {
  node_name    = var.node_name
  datastore_id = "local"
  content_type = "import"
  url          = var.debian_image_url
}

module "dns" {
  source = "../../modules/lxc"

  hostname         = "dns"
  vm_id            = 202
  node_name        = var.node_name
  node_address     = var.node_address
  template_file_id = proxmox_virtual_environment_download_file.debian_template.id
  ip_address       = "192.168.10.2/24"
  gateway          = var.gateway
  ssh_public_keys  = var.ssh_public_keys
  tags             = ["dns", "prod"]
}

module "git" {
  source = "../../modules/vm"

  name            = "git"
  vm_id           = 120
  node_name       = var.node_name
  memory_mb       = 4096
  image_file_id   = proxmox_virtual_environment_download_file.debian_image.id
  ip_address      = "192.168.10.20/24"
  gateway         = var.gateway
  dns_servers     = [module.dns.ip_address]
  ssh_public_keys = var.ssh_public_keys
  tags            = ["git", "prod"]

  # Repositories, and the cache of the runners.
  additional_disks = [{ size_gb = 100 }, { size_gb = 20, backup = false }]
}

module "minio" {
  source = "../../modules/minio"

  vm_id             = 205
  node_name         = var.node_name
  node_address      = var.node_address
  template_file_id  = proxmox_virtual_environment_download_file.debian_template.id
  data_datastore_id = "tank"
  ip_address        = "192.168.10.5/24"
  gateway           = var.gateway
  ssh_public_keys   = var.ssh_public_keys
  tags              = ["prod", "s3"]
}

module "backup" {
  source = "../../modules/backup"

  job_id       = "prod-nightly"
  node_address = var.node_address
  storage      = "nas-backup"
  schedule     = var.backup_schedule
  vmids        = [module.git.vm_id, module.dns.container_id, module.minio.container_id]
  retention    = { daily = 7, weekly = 4, monthly = 6 }
}
