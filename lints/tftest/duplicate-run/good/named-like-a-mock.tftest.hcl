mock_provider "proxmox" {}

run "proxmox" {}
