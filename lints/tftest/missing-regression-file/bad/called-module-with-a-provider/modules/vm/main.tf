provider "proxmox" {
  endpoint = "https://pve1.home.arpa:8006/"
}
