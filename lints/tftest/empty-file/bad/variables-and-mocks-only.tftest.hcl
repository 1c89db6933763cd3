variables {
  size_gb = 50
}

mock_provider "proxmox" {}

override_resource {
  target = terraform_data.this
}
