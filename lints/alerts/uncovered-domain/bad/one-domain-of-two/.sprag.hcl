alerts {
  domains = {
    hosts   = ["node_*", "up"]
    proxmox = ["pve_*"]
  }
}
