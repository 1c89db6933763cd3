# Shared by every environment: each has a symbolic link to this file.

provider "proxmox" {
  endpoint  = var.proxmox_endpoint
  api_token = var.proxmox_api_token

  # Snippets are uploaded over SSH; the API has no call for them.
  ssh {
    agent    = true
    username = "root"
  }
}
