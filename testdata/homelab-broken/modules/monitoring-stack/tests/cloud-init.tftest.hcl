# What cloud-init installs. To be written once the packages are settled.

mock_provider "proxmox" {}
mock_provider "tls" {}

variables {
  node_name      = "pve1"
  image_file_id  = "local:import/debian-13.qcow2"
  ip_address     = "192.168.10.4/24"
  gateway        = "192.168.10.1"
  repository_url = "https://git.home.arpa/ops/homelab.git"
}
