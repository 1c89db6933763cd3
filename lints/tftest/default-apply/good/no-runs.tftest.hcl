variables {
  size_gb = 50
}

mock_provider "proxmox" {}
