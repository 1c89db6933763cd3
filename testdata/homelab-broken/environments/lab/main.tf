# Things that may break: a k3s cluster and a sandbox. Nothing here is backed up.

resource "proxmox_virtual_environment_download_file" "ubuntu_image" {
  node_name    = var.node_name
  datastore_id = "local"
  content_type = "import"
  file_name    = "noble-server-cloudimg-amd64.qcow2"
  url          = var.image_url
}

module "k3s" {
  source   = "../../modules/vm"
  for_each = var.k3s_nodes

  name            = each.key
  vm_id           = each.value.vm_id
  node_name       = var.node_name
  cores           = each.value.cores
  memory_mb       = each.value.memory_mb
  image_file_id   = proxmox_virtual_environment_download_file.ubuntu_image.id
  ip_address      = each.value.ip_address
  gateway         = var.gateway
  ssh_public_keys = var.ssh_public_keys
  tags            = ["k3s", "lab"]
  on_boot         = false

  additional_disks = each.value.data_gb == null ? [] : [{ size_gb = each.value.data_gb, backup = false }]
}

module "sandbox" {
  source = "../../modules/lxc"

  hostname         = "sandbox"
  node_name        = var.node_name
  node_address     = var.node_address
  template_file_id = var.alpine_template_file_id
  os_type          = "alpine"
  ssh_public_keys  = var.ssh_public_keys
  tags             = ["lab"]
}

# Kept for the day something in the lab is worth keeping.
module "backup" {
  source = "../../modules/backup"

  enabled      = false
  job_id       = "lab-weekly"
  node_address = var.node_address
  storage      = "nas-backup"
  schedule     = "sun 04:00"
  vmids        = values(module.k3s)[*].vm_id
  retention    = { last = 2 }
}
